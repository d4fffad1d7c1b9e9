package dev.manciple.benchmarks.serving;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * One connection of HTTP/1.1 that does no more than a load needs: it shares the machine with the servers, so what it costs they
 * lack. Understands answers whose length is told in their head, as both servers tell it.
 */
final class HttpCaller implements Caller<byte[]> {
    private static final String LENGTH = "\r\ncontent-length:";
    private static final int LARGEST_HEAD = 8_192;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final List<byte[]> requests;
    private byte[] buffer = new byte[LARGEST_HEAD];

    private HttpCaller(Socket socket, List<byte[]> requests) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        this.requests = requests;
    }

    /** @param bodies of the requests */
    static Target.Opener<byte[]> to(int port, String path, List<byte[]> bodies) {
        List<byte[]> requests =
                bodies.stream().map(body -> request(port, path, body)).toList();
        return () -> {
            Socket socket = new Socket();
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return new HttpCaller(socket, requests);
        };
    }

    private static byte[] request(int port, String path, byte[] body) {
        byte[] head = """
                POST %s HTTP/1.1\r
                Host: 127.0.0.1:%d\r
                Content-Type: application/json\r
                Content-Length: %d\r
                \r
                """.formatted(path, port, body.length).getBytes(StandardCharsets.US_ASCII);
        byte[] whole = new byte[head.length + body.length];
        System.arraycopy(head, 0, whole, 0, head.length);
        System.arraycopy(body, 0, whole, head.length, body.length);
        return whole;
    }

    @Override
    public byte[] call(int request) throws IOException {
        out.write(requests.get(request));
        out.flush();
        int read = 0;
        int head = -1;
        while (head < 0) {
            if (read == LARGEST_HEAD) {
                throw new IOException("An answer's head is over %,d bytes".formatted(LARGEST_HEAD));
            }
            int more = in.read(buffer, read, buffer.length - read);
            if (more < 0) {
                throw new EOFException("The server closed the connection");
            }
            read += more;
            head = endOfHead(read);
        }
        int length = length(new String(buffer, 0, head, StandardCharsets.ISO_8859_1));
        byte[] body = new byte[length];
        int here = Math.min(read - head, length);
        System.arraycopy(buffer, head, body, 0, here);
        if (in.readNBytes(body, here, length - here) < length - here) {
            throw new EOFException("The server closed the connection within an answer");
        }
        return body;
    }

    private int endOfHead(int read) {
        for (int i = 3; i < read; i++) {
            if (buffer[i] == '\n' && buffer[i - 1] == '\r' && buffer[i - 2] == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    private static int length(String head) throws IOException {
        String[] status = head.split(" ", 3);
        if (status.length < 2 || !status[1].equals("200")) {
            throw new IOException("The server answered: " + head.strip());
        }
        String folded = head.toLowerCase(Locale.ROOT);
        int at = folded.indexOf(LENGTH);
        if (at < 0) {
            throw new IOException("An answer does not tell its length: " + head.strip());
        }
        int from = at + LENGTH.length();
        return Integer.parseInt(
                folded.substring(from, folded.indexOf('\r', from)).strip());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
