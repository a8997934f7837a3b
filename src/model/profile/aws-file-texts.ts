/** The texts of AWS's two files; undefined for a file that does not exist. */
export interface AwsFileTexts {
  readonly config: string | undefined;
  readonly credentials: string | undefined;
}
