package dev.manciple.bigtable;

import dev.manciple.error.InvalidRequestException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;

/**
 * The text Feast keeps event times in: what Python writes as ISO 8601, such as {@code 2024-01-01T00:00:00.123456+00:00},
 * without the fraction where it is zero. Texts of UTC sort as the times do.
 */
final class EventTime {
    /** What texts of UTC end with, and no others. */
    static final String UTC = "+00:00";

    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss");
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS");

    /** Also what others write: with a space in between, in other offsets, or without one, which means UTC. */
    private static final DateTimeFormatter ANY = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendPattern("[' ']['T']")
            .appendPattern("HH:mm[:ss]")
            .optionalStart()
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .optionalEnd()
            .appendPattern("[XXX]")
            .toFormatter();

    private EventTime() {}

    /** @throws InvalidRequestException if Python has no such time */
    static String text(Instant time) {
        LocalDateTime utc = LocalDateTime.ofInstant(time.truncatedTo(ChronoUnit.MICROS), ZoneOffset.UTC);
        if (utc.getYear() < 1 || utc.getYear() > 9999) {
            throw new InvalidRequestException(
                    "The event time %s cannot be stored: years 1 to 9999 can".formatted(time));
        }
        return (utc.get(ChronoField.NANO_OF_SECOND) == 0 ? SECONDS : MICROS).format(utc) + UTC;
    }

    /** @throws DateTimeException if the text is no time */
    static Instant parse(String text) {
        TemporalAccessor time = ANY.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
        return time instanceof OffsetDateTime offset
                ? offset.toInstant()
                : ((LocalDateTime) time).toInstant(ZoneOffset.UTC);
    }
}
