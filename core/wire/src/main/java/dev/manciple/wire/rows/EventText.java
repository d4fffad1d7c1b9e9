package dev.manciple.wire.rows;

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
 * The forms in which Feast keeps event times as text, to the microsecond and without the fraction where it is zero. Texts of one
 * form and of UTC sort as the times do.
 */
public enum EventText {
    /** As Python prints a time: {@code 2024-01-01 00:00:00.123456+00:00}. */
    PRINTED(" "),
    /** As Python writes it in ISO 8601: {@code 2024-01-01T00:00:00.123456+00:00}. */
    ISO("'T'");

    /** What texts of UTC end with, and no others. */
    public static final String UTC = "+00:00";

    /** Also what others write: in either form, in other offsets, or without one, which means UTC. */
    private static final DateTimeFormatter ANY = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendPattern("[' ']['T']")
            .appendPattern("HH:mm[:ss]")
            .optionalStart()
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .optionalEnd()
            .appendPattern("[XXX]")
            .toFormatter();

    private final DateTimeFormatter seconds;
    private final DateTimeFormatter micros;

    EventText(String separator) {
        this.seconds = DateTimeFormatter.ofPattern("uuuu-MM-dd" + separator + "HH:mm:ss");
        this.micros = DateTimeFormatter.ofPattern("uuuu-MM-dd" + separator + "HH:mm:ss.SSSSSS");
    }

    /** @throws InvalidRequestException if Python has no such time */
    public String of(Instant time) {
        LocalDateTime utc = LocalDateTime.ofInstant(time.truncatedTo(ChronoUnit.MICROS), ZoneOffset.UTC);
        if (utc.getYear() < 1 || utc.getYear() > 9999) {
            throw new InvalidRequestException(
                    "The event time %s cannot be stored: years 1 to 9999 can".formatted(time));
        }
        return (utc.get(ChronoField.NANO_OF_SECOND) == 0 ? seconds : micros).format(utc) + UTC;
    }

    /** @throws DateTimeException if the text is no time */
    public static Instant parse(String text) {
        TemporalAccessor time = ANY.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
        return time instanceof OffsetDateTime offset
                ? offset.toInstant()
                : ((LocalDateTime) time).toInstant(ZoneOffset.UTC);
    }

    /** Whether what is stored is newer than an event. What cannot be read is older than any, so that it can be repaired by writing. */
    public static boolean isNewer(String stored, String event) {
        try {
            return parse(stored).isAfter(parse(event));
        } catch (DateTimeException e) {
            return false;
        }
    }

    /** Whether what is stored is older than a limit. What cannot be read is not, and left for someone to look at. */
    public static boolean isBefore(String stored, Instant limit) {
        try {
            return parse(stored).isBefore(limit);
        } catch (DateTimeException e) {
            return false;
        }
    }
}
