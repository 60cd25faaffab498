import assert from 'node:assert/strict';
import { systemClock } from '../../../src/adapters/models/clock.ts';
import { Watch } from '../../../src/adapters/models/watchdog.ts';
import { ManualClock } from '../../support/manualClock.ts';

describe('a clock that a test moves', () => {
  it('rings what is due, in order of time, each at its own time', () => {
    const clock = new ManualClock(0);
    const rung: [string, number][] = [];
    clock.after(30, () => rung.push(['late', clock.now()]));
    clock.after(10, () => rung.push(['early', clock.now()]));
    clock.after(50, () => rung.push(['never', clock.now()]));
    clock.advance(40);
    assert.deepEqual(rung, [
      ['early', 10],
      ['late', 30],
    ]);
    assert.equal(clock.now(), 40);
    assert.equal(clock.next, 10);
  });

  it('rings what was set while it rang', () => {
    const clock = new ManualClock(0);
    const rung: number[] = [];
    clock.after(10, () => clock.after(10, () => rung.push(clock.now())));
    clock.advance(25);
    assert.deepEqual(rung, [20]);
  });

  it('forgets what was called off', () => {
    const clock = new ManualClock(0);
    const callOff = clock.after(10, () => assert.fail('it was called off'));
    callOff();
    callOff();
    clock.advance(100);
    assert.equal(clock.pending, 0);
    assert.equal(clock.next, undefined);
  });
});

describe('the machine’s clock', () => {
  it('tells the time, rings, and can be called off', async () => {
    assert.ok(Math.abs(systemClock.now() - Date.now()) < 1000);
    systemClock.after(5, () => assert.fail('it was called off'))();
    await new Promise<void>((resolve) => systemClock.after(20, resolve));
  });
});

describe('a request under watch', () => {
  const start = () => {
    const clock = new ManualClock();
    const caller = new AbortController();
    return { clock, caller, watch: new Watch(clock, caller.signal) };
  };

  it('ends after too long a silence, and only then', () => {
    const { clock, watch } = start();
    watch.wait(60_000);
    clock.advance(59_999);
    watch.wait(30_000);
    clock.advance(29_999);
    assert.equal(watch.signal.aborted, false);
    clock.advance(1);
    assert.ok(watch.signal.aborted && watch.stalled);
  });

  it('ends with its caller, at once, and that is no stall', () => {
    const { caller, watch } = start();
    caller.abort();
    assert.ok(watch.signal.aborted && !watch.stalled);
    assert.ok(new Watch(new ManualClock(), AbortSignal.abort()).signal.aborted);
  });

  it('leaves nothing behind when it is closed', () => {
    const { clock, watch } = start();
    watch.wait(1000);
    watch.close();
    assert.equal(clock.pending, 0);
    assert.ok(watch.signal.aborted && !watch.stalled);
  });
});
