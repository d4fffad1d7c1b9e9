package dev.manciple.remote.online;

import com.google.protobuf.ByteString;

/**
 * One request.
 *
 * @param method of HTTP
 * @param route below the server's address
 * @param contentType of the body
 * @param attempted what it is for, as errors say it: {@code read 3 keys}
 * @param writes whether it changes something, so that one that failed may have done its work all the same
 */
record Ask(String method, String route, String contentType, ByteString body, String attempted, boolean writes) {
    static Ask get(String route, String attempted) {
        return new Ask("GET", route, "", ByteString.EMPTY, attempted, false);
    }

    static Ask read(String route, String contentType, ByteString body, String attempted) {
        return new Ask("POST", route, contentType, body, attempted, false);
    }

    static Ask write(String route, String contentType, ByteString body, String attempted) {
        return new Ask("POST", route, contentType, body, attempted, true);
    }

    @Override
    public String toString() {
        return method + " " + route;
    }
}
