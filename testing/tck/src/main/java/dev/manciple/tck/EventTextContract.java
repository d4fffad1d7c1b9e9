package dev.manciple.tck;

import static dev.manciple.tck.Drivers.EVENT;
import static dev.manciple.tck.Drivers.VIEW;
import static dev.manciple.tck.Drivers.found;
import static dev.manciple.tck.Drivers.read;
import static dev.manciple.tck.Drivers.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.spi.Lookup;
import dev.manciple.spi.OnlineStore;
import dev.manciple.spi.Value;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Rows that Feast wrote with their event time as text, for stores whose layout has it so: the service compares texts, and times may
 * come in any offset.
 */
public abstract class EventTextContract {
    /** The driver whose row Feast writes. */
    protected static final long DRIVER = 1001;

    /** Knows {@link Drivers#VIEW} of the project {@code p}. */
    protected abstract OnlineStore store();

    /**
     * Puts a row of {@link #DRIVER} past the store: 7 trips, a rate of 0.5.
     *
     * @param event as ISO 8601 has it, with an offset
     */
    protected abstract void feastWrites(String event);

    @Test
    final void readsAndComparesWithWhatFeastWrote() {
        feastWrites("2024-01-01T00:00:00.123456+00:00");
        assertThat(read(store(), DRIVER)).isEqualTo(found(EVENT, 7));
        store().write(VIEW, List.of(row(DRIVER, EVENT.minusSeconds(1), 1)));
        assertThat(read(store(), DRIVER)).isEqualTo(found(EVENT, 7));
        store().write(VIEW, List.of(row(DRIVER, EVENT.plusSeconds(1), 8)));
        assertThat(read(store(), DRIVER)).isEqualTo(found(EVENT.plusSeconds(1), 8));
    }

    /** Compared as text, these would come out the wrong way. */
    @Test
    final void comparesTimesOfOtherOffsets() {
        feastWrites("2024-01-01T05:00:00.123456+05:00");
        store().write(VIEW, List.of(row(DRIVER, EVENT.plusSeconds(1), 8)));
        assertThat(read(store(), DRIVER)).isEqualTo(found(EVENT.plusSeconds(1), 8));
        feastWrites("2023-12-31T19:00:00.123456-05:00");
        store().write(VIEW, List.of(row(DRIVER, EVENT.minusSeconds(1), 9)));
        assertThat(read(store(), DRIVER)).isEqualTo(found(EVENT, 7));
    }

    @Test
    final void losesRowsWhoseTimeCannotBeRead() {
        feastWrites("soon");
        assertThat(((Lookup.Found) read(store(), DRIVER)).values())
                .allSatisfy(value -> assertThat(value).isInstanceOf(Value.Corrupt.class));
        store().write(VIEW, List.of(row(DRIVER, EVENT, 8)));
        assertThat(read(store(), DRIVER)).isEqualTo(found(EVENT, 8));
    }
}
