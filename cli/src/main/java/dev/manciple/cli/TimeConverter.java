package dev.manciple.cli;

import dev.manciple.error.InvalidRequestException;
import java.time.Instant;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the times of options and arguments. */
final class TimeConverter implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
        try {
            return Times.parse(text);
        } catch (InvalidRequestException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
