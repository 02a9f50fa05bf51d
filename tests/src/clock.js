// The clock and the timers of this window or worker go by `story-clock` as well as by real time.
{
  const [realNow, realRunning, realSet, realClear] = [Date.now, performance.now.bind(performance), setTimeout, clearTimeout];
  const timers = new Map();
  let ahead = 0;
  Date.now = () => realNow() + ahead;
  performance.now = () => realRunning() + ahead;
  globalThis.setTimeout = (call, wait = 0, ...args) => {
    const end = () => {
      timers.delete(id);
      call(...args);
    };
    const id = realSet(end, wait);
    timers.set(id, { at: Date.now() + wait, end });
    return id;
  };
  globalThis.clearTimeout = (id) => {
    timers.delete(id);
    realClear(id);
  };
  const channel = new BroadcastChannel("story-clock");
  channel.onmessage = ({ data }) => {
    ahead += data;
    const due = [...timers].filter(([, { at }]) => at <= Date.now());
    for (const [id, { end }] of due.sort(([, one], [, other]) => one.at - other.at)) {
      if (timers.has(id)) {
        realClear(id);
        end();
      }
    }
  };
  globalThis.storyClock = channel;
}
