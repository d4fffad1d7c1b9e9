package dev.manciple.redis;

import redis.clients.jedis.CommandArguments;

/**
 * A command and where it goes.
 *
 * @param key the key it is about, or one of them; they are all of one cluster slot
 * @param bytes about how much is sent, to know how much is on its way
 */
record Command(byte[] key, CommandArguments arguments, int bytes) {}
