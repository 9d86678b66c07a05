// Calls of the system that fail or take long, in processes that run already: what a bad disk looks like to them.
import { spawn } from 'node:child_process';

/** From now on those `calls` of these processes meet `fault`, of strace's -e inject, until what it gives is called. */
export async function spoil(processes, calls, fault) {
  const words = ['-f', '-o', '/dev/null', '-e', `trace=${calls}`, '-e', `inject=${calls}:${fault}`, ...processes.flatMap((one) => ['-p', String(one)])];
  const strace = spawn('strace', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise((resolve) => strace.on('exit', resolve));
  let said = '';
  await new Promise((resolve, reject) => {
    strace.stderr.on('data', (bytes) => {
      said += bytes;
      if ([...said.matchAll(/attached/g)].length >= processes.length) resolve();
    });
    ended.then(() => reject(new Error(`${calls} could not be spoiled: ${said}`)));
  });
  return () => {
    strace.kill('SIGTERM');
    return ended;
  };
}
