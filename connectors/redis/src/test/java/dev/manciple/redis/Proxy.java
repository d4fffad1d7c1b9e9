package dev.manciple.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/** Stands between a client and a server, and keeps what the server says to itself for as long as it is told to. */
final class Proxy implements AutoCloseable {
    private final int serverPort;
    private final ServerSocket listening;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private volatile CountDownLatch silence = new CountDownLatch(0);

    Proxy(TestServer server) {
        this.serverPort = server.port();
        try {
            this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.startVirtualThread(this::accept);
    }

    String address() {
        return "127.0.0.1:" + listening.getLocalPort();
    }

    void hold() {
        silence = new CountDownLatch(1);
    }

    void release() {
        silence.countDown();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                sockets.add(client);
                sockets.add(server);
                Thread.startVirtualThread(() -> copy(client, server, false));
                Thread.startVirtualThread(() -> copy(server, client, true));
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private void copy(Socket from, Socket to, boolean held) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] bytes = new byte[8192];
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                if (held) {
                    silence.await();
                }
                out.write(bytes, 0, count);
            }
        } catch (IOException | InterruptedException e) {
            // One side is gone, and so is the other now.
        }
    }

    @Override
    public void close() throws IOException {
        release();
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
