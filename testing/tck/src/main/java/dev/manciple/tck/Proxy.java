package dev.manciple.tck;

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

/**
 * Stands between a client and a server of the loopback, and keeps what the server says to itself for as long as it is told to: a
 * server that is slow for exactly as long as a test looks. Also a server that is gone, and comes back. Thread-safe.
 */
public final class Proxy implements AutoCloseable {
    private volatile int serverPort;
    private final ServerSocket listening;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private volatile CountDownLatch silence = new CountDownLatch(0);
    private volatile boolean cut;

    public Proxy(int serverPort) {
        this.serverPort = serverPort;
        try {
            this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.startVirtualThread(this::accept);
    }

    /** Where clients connect, on the loopback. */
    public int port() {
        return listening.getLocalPort();
    }

    /** Lets new connections reach another server; those there are stay where they are. */
    public void redirect(int toServerPort) {
        serverPort = toServerPort;
    }

    public void hold() {
        silence = new CountDownLatch(1);
    }

    public void release() {
        silence.countDown();
    }

    /** Ends the connections there are, and every new one at once. */
    public void cut() throws IOException {
        cut = true;
        closeConnections();
    }

    /** Lets new connections reach the server again. */
    public void mend() {
        cut = false;
    }

    private void accept() {
        try {
            while (true) {
                connect(listening.accept());
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private void connect(Socket client) throws IOException {
        if (cut) {
            client.close();
            return;
        }
        sockets.add(client);
        Socket server;
        try {
            server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
        } catch (IOException e) {
            // Nobody is there, which the client learns as it would without this.
            client.close();
            return;
        }
        sockets.add(server);
        Thread.startVirtualThread(() -> copy(client, server, false));
        Thread.startVirtualThread(() -> copy(server, client, true));
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
        closeConnections();
    }

    private void closeConnections() throws IOException {
        for (Socket socket = sockets.poll(); socket != null; socket = sockets.poll()) {
            socket.close();
        }
    }
}
