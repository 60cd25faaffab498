// Runs the script named after it, and ends the whole process group when the launcher dies without a word
// (kill -9): the pipe between them closes. Not a `--import`, which every child process would inherit.
import { pathToFileURL } from 'node:url';

process.argv.splice(1, 1);
process.stdin
  .on('error', () => {})
  .on('close', () => {
    try {
      process.kill(-process.pid, 'SIGKILL');
    } catch {
      process.exit(1);
    }
  })
  .resume();
process.stdin.unref(); // a pipe is a socket, and this one must not keep the process alive

await import(pathToFileURL(process.argv[1] ?? '').href);
