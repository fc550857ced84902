/** What a benchmark claims of its figures, and whether it is so. */
export type Claim = readonly [claim: string, isTrue: boolean];

/** A line for each claim, for people. */
export function claimsText(claims: readonly Claim[]): string {
  return claims.map(([claim, isTrue]) => `  ${isTrue ? 'true' : 'NOT TRUE'}: ${claim}`).join('\n');
}

/** Whether all of them are true. */
export function allTrue(claims: readonly Claim[]): boolean {
  return claims.every(([, isTrue]) => isTrue);
}
