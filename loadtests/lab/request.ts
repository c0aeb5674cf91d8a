/** What the command line asks of the lab; the verb passes it as JSON. */
export interface LabRequest {
  readonly what: 'run' | 'compare' | 'report';
  /** The experiment of `run`, the folder of `report`. */
  readonly name: string;
  /** `name` of a target of the lab, or `name=https://…`. @default those of the experiment */
  readonly targets?: readonly string[];
  readonly seconds?: number;
  readonly out: string;
  /** As it was typed. */
  readonly command: string;
}
