package dev.manciple.wire;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.About;
import dev.manciple.model.DataSource.Batch;
import dev.manciple.model.Extras;
import dev.manciple.model.FeatureService;
import dev.manciple.model.FeatureService.Logging;
import dev.manciple.model.SourceLocation;
import dev.manciple.model.TimeColumns;
import dev.manciple.wire.ProjectionCodec.ViewParts;
import dev.manciple.wire.proto.FeatureServiceProto.FeatureServiceSpec;
import dev.manciple.wire.proto.FeatureServiceProto.LoggingConfig;
import dev.manciple.wire.proto.FeatureViewProjectionProto.FeatureViewProjection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Feature services. Logging to a table or to files is modelled; other destinations are kept as they are. */
final class FeatureServiceCodec {
    private FeatureServiceCodec() {}

    static FeatureService decode(FeatureServiceSpec spec) {
        return new FeatureService(
                spec.getName(),
                spec.getFeaturesList().stream().map(ProjectionCodec::decode).toList(),
                logging(spec),
                new About(spec.getDescription(), spec.getOwner(), spec.getTagsMap()),
                extras(spec));
    }

    /** @param views finds a view of the project by name */
    static FeatureServiceSpec encode(
            FeatureService service,
            String project,
            FeatureServiceSpec stored,
            Function<String, Optional<ViewParts>> views) {
        String user = "Feature service '%s'".formatted(service.name());
        FeatureServiceSpec.Builder out = Unmodelled.base(service.extras(), extras(stored), stored.toBuilder())
                .setName(service.name())
                .setProject(project)
                .clearFeatures()
                .setDescription(service.about().description())
                .setOwner(service.about().owner())
                .clearTags()
                .putAllTags(StoredMaps.write(service.about().tags(), stored.getTagsMap()));
        for (var projection : service.features()) {
            FeatureViewProjection written = ProjectionCodec.encode(projection, user, stored.getFeaturesList(), views);
            out.addFeatures(written);
        }
        setLogging(service, stored, out);
        return out.build();
    }

    private static Optional<Logging> logging(FeatureServiceSpec spec) {
        LoggingConfig config = spec.getLoggingConfig();
        return switch (config.getDestinationCase()) {
            case FILE_DESTINATION -> {
                String path = config.getFileDestination().getPath();
                yield logging(config, SourceClasses.FILE, path, new SourceLocation.Files(path, "parquet"));
            }
            case BIGQUERY_DESTINATION ->
                table(
                        config,
                        SourceClasses.BIGQUERY,
                        config.getBigqueryDestination().getTableRef());
            case REDSHIFT_DESTINATION ->
                table(
                        config,
                        SourceClasses.REDSHIFT,
                        config.getRedshiftDestination().getTableName());
            case SNOWFLAKE_DESTINATION ->
                table(
                        config,
                        SourceClasses.SNOWFLAKE,
                        config.getSnowflakeDestination().getTableName());
            case ATHENA_DESTINATION ->
                table(
                        config,
                        SourceClasses.ATHENA,
                        config.getAthenaDestination().getTableName());
            case CUSTOM_DESTINATION, COUCHBASE_COLUMNAR_DESTINATION, DESTINATION_NOT_SET -> Optional.empty();
        };
    }

    private static Optional<Logging> table(LoggingConfig config, SourceClasses type, String table) {
        return logging(config, type, table, new SourceLocation.Table(table));
    }

    private static Optional<Logging> logging(
            LoggingConfig config, SourceClasses type, String name, SourceLocation location) {
        if (name.isBlank()) {
            return Optional.empty();
        }
        Batch sink = new Batch(name, type.type(), location, TimeColumns.INFERRED, Map.of(), About.NOTHING, Extras.NONE);
        return Optional.of(new Logging(sink, Double.parseDouble(Float.toString(config.getSampleRate()))));
    }

    private static void setLogging(FeatureService service, FeatureServiceSpec stored, FeatureServiceSpec.Builder out) {
        Optional<Logging> before = logging(stored);
        if (service.logging().equals(before)) {
            return;
        }
        if (service.logging().isEmpty()) {
            out.clearLoggingConfig();
            return;
        }
        Logging logging = service.logging().get();
        LoggingConfig.Builder config =
                stored.getLoggingConfig().toBuilder().setSampleRate((float) logging.sampleRate());
        Batch sink = logging.sink();
        switch (sink.location()) {
            case SourceLocation.Files files
            when sink.type().equals(SourceClasses.FILE.type()) ->
                config.getFileDestinationBuilder().setPath(files.uri());
            case SourceLocation.Table table -> setTable(service, sink, table.qualifiedName(), config);
            case SourceLocation.Files files -> throw noSink(service, sink);
            case SourceLocation.Query query -> throw noSink(service, sink);
            case SourceLocation.Custom custom -> throw noSink(service, sink);
        }
        out.setLoggingConfig(config);
    }

    private static void setTable(FeatureService service, Batch sink, String table, LoggingConfig.Builder config) {
        switch (sink.type()) {
            case "bigquery" -> config.getBigqueryDestinationBuilder().setTableRef(table);
            case "redshift" -> config.getRedshiftDestinationBuilder().setTableName(table);
            case "snowflake" -> config.getSnowflakeDestinationBuilder().setTableName(table);
            case "athena" -> config.getAthenaDestinationBuilder().setTableName(table);
            default -> throw noSink(service, sink);
        }
    }

    private static InvalidRequestException noSink(FeatureService service, Batch sink) {
        return new InvalidRequestException(
                "Feature service '%s' logs to '%s' of the type '%s', which Feast's registry has no place for"
                        .formatted(service.name(), sink.name(), sink.type()));
    }

    private static Extras extras(FeatureServiceSpec spec) {
        FeatureServiceSpec.Builder rest = spec.toBuilder()
                .clearName()
                .clearProject()
                .clearFeatures()
                .clearDescription()
                .clearOwner()
                .clearTags();
        if (logging(spec).isPresent()) {
            rest.clearLoggingConfig();
        }
        return Unmodelled.extras(rest.build());
    }
}
