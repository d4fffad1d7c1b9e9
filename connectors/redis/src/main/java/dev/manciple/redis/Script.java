package dev.manciple.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;

/** A Lua script the server runs as one step. It is sent once to each server, and known there by its digest. */
final class Script {
    /** See {@code put.lua}. */
    static final Script PUT = load("put.lua");
    /** See {@code remove.lua}. */
    static final Script REMOVE = load("remove.lua");

    static final List<Script> ALL = List.of(PUT, REMOVE);

    private final byte[] source;
    private final byte[] digest;

    private Script(byte[] source) {
        this.source = source;
        this.digest = digest(source);
    }

    /** {@code EVALSHA}, to which keys and arguments are added. */
    CommandArguments run(int keys) {
        return new CommandArguments(Protocol.Command.EVALSHA).add(digest).add(keys);
    }

    /** Makes the server know the script. */
    CommandArguments load() {
        return new CommandArguments(Protocol.Command.SCRIPT)
                .add(Protocol.Keyword.LOAD.getRaw())
                .add(source);
    }

    private static Script load(String file) {
        return new Script((text("time.lua") + text(file)).getBytes(StandardCharsets.UTF_8));
    }

    private static String text(String file) {
        try (InputStream in = Objects.requireNonNull(Script.class.getResourceAsStream(file), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("The script '%s' cannot be read".formatted(file), e);
        }
    }

    private static byte[] digest(byte[] source) {
        try {
            byte[] sha1 = MessageDigest.getInstance("SHA-1").digest(source);
            return HexFormat.of().formatHex(sha1).getBytes(StandardCharsets.US_ASCII);
        } catch (NoSuchAlgorithmException e) {
            throw new LinkageError("Every Java has SHA-1", e);
        }
    }
}
