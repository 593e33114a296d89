/** A fault that is planted to see its test fail. */
export interface PlantedFault {
  readonly what: string;
  readonly file: string;
  /** Stands once in the file. */
  readonly from: string;
  readonly to: string;
  readonly test: string;
}
export const PLANTED: readonly PlantedFault[];
export function plantedAt(
  code: string,
  fault: PlantedFault,
): { readonly start: number; readonly end: number; readonly text: string };
