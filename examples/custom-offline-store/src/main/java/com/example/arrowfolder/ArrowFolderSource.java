package com.example.arrowfolder;

import dev.manciple.spi.SourceType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** A source whose rows are in the {@code *.arrow} files of one folder. */
public final class ArrowFolderSource implements SourceType<ArrowFolderSource.Options> {
    /** The class of the Python package that reads the source in Feast. Its registry names it, and Manciple keeps the name. */
    static final String PYTHON_CLASS = "arrow_folder.source.ArrowFolderSource";

    /** @param folder relative to the store's root */
    public record Options(String folder) {}

    @Override
    public String type() {
        return SourceType.of(PYTHON_CLASS);
    }

    @Override
    public Set<String> sourceClasses() {
        return Set.of(PYTHON_CLASS);
    }

    @Override
    public Class<Options> optionsType() {
        return Options.class;
    }

    @Override
    public ByteBuffer encode(Options options) {
        return StandardCharsets.UTF_8.encode(options.folder());
    }

    @Override
    public Options decode(ByteBuffer configuration) {
        return new Options(StandardCharsets.UTF_8.decode(configuration).toString());
    }
}
