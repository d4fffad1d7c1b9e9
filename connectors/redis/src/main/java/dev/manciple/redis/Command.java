package dev.manciple.redis;

import redis.clients.jedis.CommandArguments;

/** A command and where it goes. Nobody changes its key. */
final class Command {
    private final byte[] key;
    private final CommandArguments arguments;
    private final int bytes;

    /**
     * @param key the key it is about, or one of them; they are all of one cluster slot
     * @param bytes about how much is sent, to know how much is on its way
     */
    Command(byte[] key, CommandArguments arguments, int bytes) {
        this.key = key;
        this.arguments = arguments;
        this.bytes = bytes;
    }

    byte[] key() {
        return key;
    }

    CommandArguments arguments() {
        return arguments;
    }

    int bytes() {
        return bytes;
    }
}
