export interface FoundWord {
  readonly path: string;
  readonly line: number;
  readonly words: string;
  readonly instead: string;
  readonly text: string;
}
export function findWords(paths?: readonly string[], withVoice?: boolean): readonly FoundWord[];
export function listFiles(under?: string): readonly string[];
