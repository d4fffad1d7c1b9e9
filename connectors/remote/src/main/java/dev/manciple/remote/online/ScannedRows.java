package dev.manciple.remote.online;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.OnlineRow;
import dev.manciple.wire.OnlineStoreCodec;
import dev.manciple.wire.proto.OnlineStoreProto.Row;
import dev.manciple.wire.proto.OnlineStoreProto.ScanPart;
import java.io.IOException;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The rows of a scan as the server sends them; an answer that ends before it says so is an error. Not thread-safe. */
final class ScannedRows implements Iterator<OnlineRow>, AutoCloseable {
    private final StreamedMessages answer;
    private final FeatureView view;
    private final String store;
    private final Ask ask;
    private Iterator<Row> part = Collections.emptyIterator();
    private boolean last;

    /** @param answer closed with this */
    ScannedRows(StreamedMessages answer, FeatureView view, String store, Ask ask) {
        this.answer = answer;
        this.view = view;
        this.store = store;
        this.ask = ask;
    }

    @Override
    public boolean hasNext() {
        while (!part.hasNext() && !last) {
            ScanPart next = nextPart();
            part = next.getRowsList().iterator();
            last = next.getLast();
        }
        return part.hasNext();
    }

    private ScanPart nextPart() {
        ScanPart next;
        try {
            next = answer.next(ScanPart.parser()).orElseThrow(() -> failure("the answer broke off", null));
        } catch (IOException e) {
            throw failure("the answer broke off: " + e.getMessage(), e);
        }
        if (!next.getFailure().isEmpty()) {
            throw failure(next.getFailure(), null);
        }
        return next;
    }

    private StoreException failure(String reason, @Nullable Exception cause) {
        return new StoreException(
                store,
                ask.attempted(),
                true,
                Outcome.NOT_APPLIED,
                new IOException("%s: %s".formatted(ask, reason), cause));
    }

    @Override
    public OnlineRow next() {
        if (!hasNext()) {
            throw new NoSuchElementException("All rows have been read");
        }
        try {
            return OnlineStoreCodec.decode(part.next(), view.entityColumns(), view.features());
        } catch (InvalidRequestException e) {
            throw failure("a row is none of this view: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        answer.close();
    }
}
