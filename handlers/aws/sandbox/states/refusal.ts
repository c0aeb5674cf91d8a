/** What a service answers with status 400, under the name that its documentation gives. */
export class Refusal extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}
