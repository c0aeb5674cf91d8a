import type { Context } from 'hono';
import { Frame } from '../frame.tsx';
import { decimal } from './decimal.ts';
import { type Answer, own } from './own.ts';
import { refusedField } from './refused-field.ts';
import { asked, SUBINTERVALS, type Sums } from './riemann.ts';

interface Refusal {
  readonly field: string;
  readonly detail: string;
}

type Outcome<T> = { readonly answer: T } | { readonly refused: Refusal } | undefined;

/** The page that people see. Its forms work without a script, too: the answers to `?lower=…` and `?f=…` are rendered. */
export function page(c: Context): Response | Promise<Response> {
  const query = c.req.query();
  const lab = query.lower === undefined ? undefined : attempted(() => labSums(c.req.queries()));
  const mine = query.f === undefined ? undefined : attempted(() => ownIntegral(query));
  return c.html(
    <Frame app="integral" title="Numerical integration">
      <Lab query={query} outcome={lab} />
      <Own query={query} outcome={mine} />
    </Frame>,
  );
}

function labSums(query: Record<string, string[]>): Sums {
  const { lower, upper, rule } = query;
  return asked({ path: {}, query: { lower, upper, rule } }, ['lower', 'upper']);
}

function ownIntegral({ f, from, to }: Record<string, string>): Answer {
  const bound = (field: string, text: string | undefined) =>
    text === 'inf' || text === '-inf' ? text : decimal(field, text);
  return own({ f, variables: { x: [bound('from', from), bound('to', to)] } });
}

function attempted<T>(run: () => T): Outcome<T> {
  try {
    return { answer: run() };
  } catch (thrown) {
    const field = refusedField(thrown);
    if (field === undefined) throw thrown;
    return { refused: { field, detail: (thrown as Error).message } };
  }
}

const Lab = ({ query, outcome }: { query: Record<string, string>; outcome: Outcome<Sums> }) => {
  const sums = outcome !== undefined && 'answer' in outcome ? outcome.answer : undefined;
  return (
    <section aria-labelledby="lab-title">
      <h2 id="lab-title">Rectangle sums of |sin x|</h2>
      <p class="quiet">Seven sums, each with more subintervals than the last.</p>
      <form id="lab" method="get" action="/apps/integral">
        <Field name="lower" label="Lower bound" value={query.lower ?? '0'} outcome={outcome} />
        <Field name="upper" label="Upper bound" value={query.upper ?? '3.14159'} outcome={outcome} />
        <label>
          Rule
          <select name="rule">
            <option value="midpoint">midpoint</option>
            <option value="left" selected={query.rule === 'left'}>
              left
            </option>
          </select>
        </label>
        <button type="submit">Add up</button>
      </form>
      <Status outcome={outcome} done={sums && `From ${sums.lower} to ${sums.upper}, rule: ${sums.rule}.`} />
      <table id="sums">
        <thead>
          <tr>
            <th scope="col">Subintervals</th>
            <th scope="col">Sum</th>
          </tr>
        </thead>
        <tbody>
          {SUBINTERVALS.map((n, i) => (
            <tr>
              <th scope="row">{n.toLocaleString('en')}</th>
              <td>{sums?.results[i]?.value ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
};

const Own = ({ query, outcome }: { query: Record<string, string>; outcome: Outcome<Answer> }) => {
  const answer = outcome !== undefined && 'answer' in outcome ? outcome.answer : undefined;
  return (
    <section aria-labelledby="own-title">
      <h2 id="own-title">An expression of your own</h2>
      <p class="quiet" id="own-help">
        In <code>x</code>, with <code>+ - * / ^</code>, <code>pi</code>, <code>e</code> and functions such as{' '}
        <code>sin exp log sqrt abs</code>. A bound may be <code>inf</code> or <code>-inf</code>.
      </p>
      <form id="own" method="get" action="/apps/integral">
        <div class="wide">
          <Field name="f" label="f(x)" value={query.f ?? 'exp(-x^2)'} help="own-help" length={500} outcome={outcome} />
        </div>
        <Field name="from" label="From" value={query.from ?? '-inf'} outcome={outcome} />
        <Field name="to" label="To" value={query.to ?? 'inf'} outcome={outcome} />
        <button type="submit">Integrate</button>
      </form>
      <Status outcome={outcome} done={answer && (answer.converged ? 'Done.' : UNMET)} />
      <dl id="answer">
        <dt>Value</dt>
        <dd>{answer ? (answer.value ?? 'not defined') : '–'}</dd>
        <dt>Error at most</dt>
        <dd>{answer ? (answer.error ?? 'unknown') : '–'}</dd>
        <dt>Evaluations</dt>
        <dd>{answer ? answer.evaluations.toLocaleString('en') : '–'}</dd>
        <dt>Converged</dt>
        <dd>{answer ? (answer.converged ? 'yes' : 'no') : '–'}</dd>
      </dl>
    </section>
  );
};

const UNMET = 'The tolerance was not met: take the value with care.';

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly outcome: Outcome<unknown>;
  readonly help?: string;
  readonly length?: number;
}

const Field = ({ name, label, value, outcome, help, length = 40 }: FieldProps) => (
  <label>
    {label}
    <input
      name={name}
      value={value.slice(0, length)}
      maxlength={length}
      required
      autocomplete="off"
      autocapitalize="off"
      spellcheck={false}
      aria-describedby={help}
      aria-invalid={fieldOf(outcome) === name ? 'true' : 'false'}
    />
  </label>
);

const Status = ({ outcome, done }: { outcome: Outcome<unknown>; done: string | undefined }) =>
  outcome !== undefined && 'refused' in outcome ? (
    <output class="alarm" aria-live="polite">
      {outcome.refused.detail}
    </output>
  ) : (
    <output aria-live="polite">{done ?? ''}</output>
  );

function fieldOf(outcome: Outcome<unknown>): string | undefined {
  return outcome !== undefined && 'refused' in outcome ? outcome.refused.field : undefined;
}
