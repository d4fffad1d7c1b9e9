package dev.manciple.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a number of seconds to wait. */
final class SecondsConverter implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
        try {
            int seconds = Integer.parseInt(text);
            if (seconds >= 0) {
                return seconds;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new TypeConversionException(
                "'%s' is no number of seconds: write one from 0 to %d".formatted(text, Integer.MAX_VALUE));
    }
}
