// One run of the host tests: which extensions, which folder, which settings. The same for the VS Code server
// (`npm test`) and for the desktop (`npm run test:desktop`).
import { cpSync, existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { hostDir, root, temporary } from './paths.mjs';

/** The bundle of test/host/index.ts; esbuild keeps the folder that it lies in. */
function testsPath() {
  const nested = path.join(root, 'dist', 'test', 'host', 'index.js');
  return existsSync(nested) ? nested : path.join(root, 'dist', 'test', 'index.js');
}

/**
 * @param {'trusted' | 'restricted'} suite
 * @returns {{ options: import('../support/launcher.ts').ExtensionTestOptions & { workspace: string, env: Record<string, string> }, output: string, dispose: () => void }}
 *   `output` is the file of results that the tests write
 */
export function hostRun(suite) {
  const output = path.join(root, 'dist', 'test', 'host-results.json');
  rmSync(output, { force: true });
  const folder = temporary('workspace');
  const workspace = path.join(folder, 'practice');
  cpSync(path.join(root, 'test', 'fixtures', 'sample-practice'), workspace, { recursive: true });
  return {
    options: {
      extensionPaths: [root, path.join(hostDir, 'lm-provider')],
      testsPath: testsPath(),
      workspace,
      trust: suite === 'trusted',
      settings: { 'canari.practiceFolder': workspace },
      env: {
        CANARI_HOST_SUITE: suite,
        CANARI_HOST_RESULTS: output,
        CANARI_HOST_ONLY: process.env['CANARI_HOST_ONLY'] ?? '',
      },
      timeoutMs: 300_000,
    },
    output,
    dispose: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}
