package dev.manciple.benchmarks.serving;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One connection of gRPC, with one call at a time, that does no more than a load needs, as {@link HttpCaller}: the frames of
 * HTTP/2 (RFC 9113) that such a call is made of, and what the server must be told to go on. Messages stay bytes.
 */
final class GrpcCaller implements Caller<byte[]> {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int FRAME_HEAD = 9;
    private static final int LARGEST_FRAME = 16_384;
    private static final int LARGEST_WINDOW = Integer.MAX_VALUE;
    private static final int FIRST_WINDOW = 65_535;
    private static final int MESSAGE_HEAD = 5;
    private static final int BUFFER = 64 << 10;

    private static final byte DATA = 0;
    private static final byte HEADERS = 1;
    private static final byte RST_STREAM = 3;
    private static final byte SETTINGS = 4;
    private static final byte PING = 6;
    private static final byte GOAWAY = 7;
    private static final byte WINDOW_UPDATE = 8;

    private static final int END_STREAM = 0x1;
    private static final int ACK = 0x1;
    private static final int END_HEADERS = 0x4;

    private static final short HEADER_TABLE_SIZE = 1;
    private static final short INITIAL_WINDOW_SIZE = 4;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final List<Request> requests;
    private int stream = -1;
    private int taken;

    private GrpcCaller(Socket socket, List<Request> requests) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER));
        this.out = socket.getOutputStream();
        this.requests = requests;
        out.write(PREFACE.getBytes(StandardCharsets.US_ASCII));
        out.write(frame(
                SETTINGS,
                0,
                0,
                ByteBuffer.allocate(12)
                        .putShort(HEADER_TABLE_SIZE)
                        .putInt(0)
                        .putShort(INITIAL_WINDOW_SIZE)
                        .putInt(LARGEST_WINDOW)
                        .array()));
        out.write(frame(
                WINDOW_UPDATE,
                0,
                0,
                ByteBuffer.allocate(4).putInt(LARGEST_WINDOW - FIRST_WINDOW).array()));
    }

    /** @param messages of the requests */
    static Target.Opener<byte[]> to(int port, String method, List<byte[]> messages) {
        byte[] head = head(port, method);
        return () -> {
            Socket socket = new Socket();
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return new GrpcCaller(
                    socket,
                    messages.stream().map(message -> Request.of(head, message)).toList());
        };
    }

    /** Fields of the head, none of them remembered by the server (RFC 7541, 6.2.2). */
    private static byte[] head(int port, String method) {
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        fields.write(0x83); // :method POST
        fields.write(0x86); // :scheme http
        fields.write(0x04); // :path
        text(fields, "/" + method);
        fields.write(0x01); // :authority
        text(fields, "127.0.0.1:" + port);
        fields.writeBytes(new byte[] {0x0f, 0x10}); // content-type
        text(fields, "application/grpc");
        fields.write(0x00);
        text(fields, "te");
        text(fields, "trailers");
        return fields.toByteArray();
    }

    private static void text(ByteArrayOutputStream fields, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length > 126) {
            throw new IllegalArgumentException("A field of the head is too long: " + text);
        }
        fields.write(bytes.length);
        fields.writeBytes(bytes);
    }

    private static byte[] frame(byte type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(FRAME_HEAD + payload.length)
                .putInt(payload.length << 8 | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    /** All frames of one call. */
    private static final class Request {
        private final byte[] frames;

        /** Where they have the number of their stream. */
        private final List<Integer> streams;

        private Request(byte[] frames, List<Integer> streams) {
            this.frames = frames;
            this.streams = streams;
        }

        static Request of(byte[] head, byte[] message) {
            ByteArrayOutputStream frames = new ByteArrayOutputStream();
            List<Integer> streams = new ArrayList<>();
            streams.add(frames.size() + FRAME_HEAD - Integer.BYTES);
            frames.writeBytes(frame(HEADERS, END_HEADERS, 0, head));
            byte[] body = ByteBuffer.allocate(MESSAGE_HEAD + message.length)
                    .put((byte) 0)
                    .putInt(message.length)
                    .put(message)
                    .array();
            for (int from = 0; from < body.length; from += LARGEST_FRAME) {
                byte[] part = new byte[Math.min(LARGEST_FRAME, body.length - from)];
                System.arraycopy(body, from, part, 0, part.length);
                streams.add(frames.size() + FRAME_HEAD - Integer.BYTES);
                frames.writeBytes(frame(DATA, from + part.length == body.length ? END_STREAM : 0, 0, part));
            }
            return new Request(frames.toByteArray(), streams);
        }

        byte[] on(int stream) {
            ByteBuffer whole = ByteBuffer.wrap(frames);
            streams.forEach(at -> whole.putInt(at, stream));
            return frames;
        }
    }

    @Override
    public byte[] call(int request) throws IOException {
        stream += 2;
        out.write(requests.get(request).on(stream));
        byte[] message = new byte[0];
        int read = -MESSAGE_HEAD;
        while (true) {
            int lengthAndType = in.readInt();
            int length = lengthAndType >>> 8;
            byte type = (byte) lengthAndType;
            int flags = in.readUnsignedByte();
            int of = in.readInt();
            switch (type) {
                case DATA -> {
                    taken += length;
                    int left = length;
                    if (read < 0 && left > 0) {
                        if (left < MESSAGE_HEAD || in.readByte() != 0) {
                            throw new IOException("An answer does not begin with the head of a plain message");
                        }
                        message = new byte[in.readInt()];
                        read = 0;
                        left -= MESSAGE_HEAD;
                    }
                    in.readFully(message, Math.max(read, 0), left);
                    read += left;
                }
                case RST_STREAM, GOAWAY ->
                    throw new IOException("The server ended stream %d, or the connection".formatted(of));
                case SETTINGS, PING -> {
                    byte[] payload = in.readNBytes(length);
                    if ((flags & ACK) == 0) {
                        out.write(frame(type, ACK, 0, type == PING ? payload : new byte[0]));
                    }
                }
                default -> in.skipNBytes(length);
            }
            if ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
                break;
            }
        }
        if (read < 0 || read != message.length) {
            // A failure is a head without a message.
            throw new IOException("The call was not answered, or not with all of a message");
        }
        widen();
        return message;
    }

    /** Lets the server go on to send, long before it may not. */
    private void widen() throws IOException {
        if (taken > LARGEST_WINDOW / 2) {
            out.write(frame(
                    WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(taken).array()));
            taken = 0;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
