package dev.manciple.cli;

import dev.manciple.error.InvalidRequestException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.TemporalAccessor;

/** Reads times as people write them; one without a zone is UTC, as in Feast. */
final class Times {
    private static final DateTimeFormatter FORMAT = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .optionalStart()
            .appendPattern("['T'][' ']HH:mm[:ss]")
            .optionalStart()
            .appendFraction(java.time.temporal.ChronoField.NANO_OF_SECOND, 1, 9, true)
            .optionalEnd()
            .optionalStart()
            .optionalStart()
            .appendLiteral(' ')
            .optionalEnd()
            .appendOffset("+HH:mm", "Z")
            .optionalEnd()
            .optionalEnd()
            .toFormatter()
            .withResolverStyle(ResolverStyle.STRICT);

    private Times() {}

    static Instant parse(String text) {
        TemporalAccessor parsed;
        try {
            parsed = FORMAT.parseBest(text.strip(), OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
        } catch (DateTimeParseException e) {
            throw new InvalidRequestException(
                    "'%s' is not a time. Write a date (2025-01-01), a date and time (2025-01-01 12:30:00) or an instant (2025-01-01T12:30:00Z); without a zone it is UTC."
                            .formatted(text),
                    e);
        }
        return switch (parsed) {
            case OffsetDateTime zoned -> zoned.toInstant();
            case LocalDateTime naive -> naive.toInstant(ZoneOffset.UTC);
            case LocalDate date -> date.atStartOfDay(ZoneOffset.UTC).toInstant();
            case TemporalAccessor other -> throw new IllegalStateException("Not asked for: " + other);
        };
    }
}
