package dev.manciple.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;

/** Sockets that probe a silent connection after some seconds; the driver makes it by its name. */
public final class KeepAliveSockets extends SocketFactory {
    private final int idleSeconds;

    /** @param idleSeconds a whole number; the driver knows text only */
    public KeepAliveSockets(String idleSeconds) {
        this.idleSeconds = Integer.parseInt(idleSeconds);
    }

    @Override
    public Socket createSocket() throws IOException {
        return probing(new Socket());
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return probing(new Socket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return probing(new Socket(host, port, localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return probing(new Socket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
        return probing(new Socket(host, port, localHost, localPort));
    }

    private Socket probing(Socket socket) throws IOException {
        if (socket.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
            socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, idleSeconds);
        }
        return socket;
    }
}
