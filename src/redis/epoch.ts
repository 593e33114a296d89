/**
 * The part of each script that knows since when Redis has lost nothing. A
 * process of Redis has a run_id, and a history of writes a master_replid: one
 * that was restarted, from a file or with nothing, has another run_id, and a
 * replica that has taken over another master_replid, though it was the master
 * before. Either may lack what was written last. What was single use before is not
 * believed after that.
 */

/**
 * Sets `run`, of the process and its history together; nil where one of them is not
 * to be had, and then nothing is known of what was lost.
 */
export const RUN = `
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
local history = string.match(redis.call('INFO', 'replication'),
  'master_replid:(%w+)')
run = run and history and run .. ':' .. history
`;

/** Sets `now`, milliseconds of Redis' clock. */
export const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** Sets `since`, from KEYS[1], by `now`. Without a run it is `now`. */
export const SINCE = `${RUN}
local epoch = redis.call('HMGET', KEYS[1], 'run', 'since')
local since = tonumber(epoch[2] or '')
if not run or epoch[1] ~= run or not since or since > now then
  since = now
  redis.call('HSET', KEYS[1], 'run', run or '',
    'since', string.format('%.0f', now))
end
`;
