package dev.manciple.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where feature values come from. Closed on purpose: retrieval switches over it. */
public sealed interface DataSource extends Definition {
    About about();

    /** The source history is read from; empty for request sources and for stream and push sources without one. */
    default Optional<Batch> batch() {
        return switch (this) {
            case Batch batch -> Optional.of(batch);
            case Stream stream -> stream.history();
            case Push push -> push.history();
            case Request request -> Optional.empty();
        };
    }

    /**
     * A table, query or file set read through the store that owns {@code type}.
     *
     * @param type what the routers match, such as {@code file} or {@code bigquery}
     * @param fieldMapping source column to the name features and entities use
     */
    record Batch(
            String name,
            String type,
            SourceLocation location,
            TimeColumns time,
            Map<String, String> fieldMapping,
            About about,
            Extras extras)
            implements DataSource {
        public Batch {
            Names.require(name, "data source");
            fieldMapping = Map.copyOf(fieldMapping);
        }

        /** Files of the repository or elsewhere: one file, a folder or a glob. The format follows from the name. */
        public static Batch files(String uri) {
            return new Batch(
                    uri,
                    "file",
                    new SourceLocation.Files(uri, ""),
                    TimeColumns.INFERRED,
                    Map.of(),
                    About.NOTHING,
                    Extras.NONE);
        }

        public Batch name(String newName) {
            return new Batch(newName, type, location, time, fieldMapping, about, extras);
        }

        public Batch time(TimeColumns newTime) {
            return new Batch(name, type, location, newTime, fieldMapping, about, extras);
        }

        /** The column of the event time. */
        public Batch eventTime(String column) {
            return time(new TimeColumns(column, time.created(), time.datePartition()));
        }

        /** The column of the time a row was written, which breaks ties of the event time. */
        public Batch createdTime(String column) {
            return time(new TimeColumns(time.event(), Optional.of(column), time.datePartition()));
        }

        public Batch fieldMapping(Map<String, String> newMapping) {
            return new Batch(name, type, location, time, newMapping, about, extras);
        }

        public Batch about(About newAbout) {
            return new Batch(name, type, location, time, fieldMapping, newAbout, extras);
        }

        public Batch extras(Extras newExtras) {
            return new Batch(name, type, location, time, fieldMapping, about, newExtras);
        }
    }

    /** A topic or stream, with the batch source that keeps its history if there is one. */
    record Stream(
            String name, String type, Map<String, String> options, Optional<Batch> history, About about, Extras extras)
            implements DataSource {
        public Stream {
            Names.require(name, "data source");
            options = Map.copyOf(options);
        }
    }

    /** Rows callers push, with the batch source that keeps their history if there is one. */
    record Push(String name, Optional<Batch> history, About about, Extras extras) implements DataSource {
        public Push {
            Names.require(name, "data source");
        }

        public static Push of(String name, Batch history) {
            return new Push(name, Optional.of(history), About.NOTHING, Extras.NONE);
        }
    }

    /** Values that come with the request itself. */
    record Request(String name, List<Field> schema, About about, Extras extras) implements DataSource {
        public Request {
            Names.require(name, "data source");
            schema = List.copyOf(schema);
        }

        public static Request of(String name, Field... schema) {
            return new Request(name, List.of(schema), About.NOTHING, Extras.NONE);
        }
    }
}
