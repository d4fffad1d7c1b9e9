package dev.manciple.server;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keys of curves as OpenSSL and others write them, by SEC 1 (RFC 5915), as PKCS #8 (RFC 5958), which is all that Java reads: the
 * same bytes with the name of the curve put before them.
 */
final class EcKeyFile {
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN EC PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END EC PRIVATE KEY-----");

    private static final int INTEGER = 0x02;
    private static final int OCTETS = 0x04;
    private static final int SEQUENCE = 0x30;
    private static final int PARAMETERS = 0xa0;

    private static final byte[] VERSION = {0};

    /** The object 1.2.840.10045.2.1, a public key on a curve, with its tag and length. */
    private static final byte[] EC = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};

    private EcKeyFile() {}

    /**
     * The key of a file as PEM of PKCS #8; empty where the file has none of SEC 1.
     *
     * @throws IllegalArgumentException if it has one that does not name its curve, or is cut off
     */
    static Optional<String> pkcs8(String file) {
        Matcher block = PEM.matcher(file);
        if (!block.find()) {
            return Optional.empty();
        }
        byte[] key = Base64.getMimeDecoder().decode(block.group(1));
        byte[] algorithm = element(SEQUENCE, EC, curve(key));
        return Optional.of(
                TlsFiles.pkcs8(element(SEQUENCE, element(INTEGER, VERSION), algorithm, element(OCTETS, key))));
    }

    private static byte[] curve(byte[] key) {
        try {
            ByteBuffer all = ByteBuffer.wrap(key);
            require(all, SEQUENCE);
            int length = length(all);
            ByteBuffer parts = all.slice(all.position(), length);
            while (parts.hasRemaining()) {
                int tag = parts.get() & 0xff;
                byte[] content = new byte[length(parts)];
                parts.get(content);
                if (tag == PARAMETERS) {
                    return content;
                }
            }
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("the key is cut off", e);
        }
        throw new IllegalArgumentException("the key does not name its curve");
    }

    private static void require(ByteBuffer der, int tag) {
        if ((der.get() & 0xff) != tag) {
            throw new IllegalArgumentException("the key is no DER");
        }
    }

    /** Of what follows; the position is behind it then. */
    private static int length(ByteBuffer der) {
        int first = der.get() & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = first & 0x7f; i > 0; i--) {
            length = Math.addExact(Math.multiplyExact(length, 0x100), der.get() & 0xff);
        }
        if (length > der.remaining()) {
            throw new IllegalArgumentException("the key is cut off");
        }
        return length;
    }

    private static byte[] element(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream element = new ByteArrayOutputStream();
        element.write(tag);
        int length = content.size();
        if (length < 0x80) {
            element.write(length);
        } else {
            element.write(0x82);
            element.write(length >> 8);
            element.write(length);
        }
        element.writeBytes(content.toByteArray());
        return element.toByteArray();
    }
}
