package dev.manciple.spi;

import java.util.List;

/** What a write left behind: how many rows, and in which files where there are files. */
public record WriteReport(long rows, List<String> files) {
    public WriteReport {
        files = List.copyOf(files);
    }
}
