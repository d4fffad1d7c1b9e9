package dev.manciple.spi;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The values of a view for one key at one time.
 *
 * @param values one per feature of the view, in the view's order; {@link Value.Missing} leaves that feature as it is
 */
public record OnlineRow(EntityKey key, List<Value> values, Instant eventTime, Optional<Instant> created) {
    public OnlineRow {
        values = List.copyOf(values);
    }
}
