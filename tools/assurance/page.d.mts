export interface Figures {
  readonly fuzz?: object;
  readonly promises?: object;
  readonly mutation?: object;
}
export function writeFigures(root: string, name: keyof Figures, figures: object): void;
export function readFigures(root: string): Figures;
export function renderPage(figures: Figures): string;
