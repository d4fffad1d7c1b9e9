package dev.manciple.bigtable;

import com.google.api.gax.core.FixedCredentialsProvider;
import com.google.api.gax.retrying.RetrySettings;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.cloud.ServiceOptions;
import com.google.cloud.bigtable.admin.v2.BigtableTableAdminClient;
import com.google.cloud.bigtable.admin.v2.BigtableTableAdminSettings;
import com.google.cloud.bigtable.data.v2.BigtableDataClient;
import com.google.cloud.bigtable.data.v2.BigtableDataSettings;
import com.google.cloud.bigtable.data.v2.stub.metrics.NoopMetricsProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The vendor's clients of a configuration. They connect at their first request. */
record Clients(BigtableDataClient data, BigtableTableAdminClient admin) implements AutoCloseable {
    private static final String SCOPE = "https://www.googleapis.com/auth/cloud-platform";

    /** @throws IOException if there are no credentials, or they cannot be read */
    static Clients of(BigtableConfig config, Path repoPath) throws IOException {
        BigtableDataSettings.Builder data = config.emulator()
                .map(address -> BigtableDataSettings.newBuilderForEmulator(host(address), port(address)))
                .orElseGet(BigtableDataSettings::newBuilder);
        BigtableTableAdminSettings.Builder admin = config.emulator().isPresent()
                ? BigtableTableAdminSettings.newBuilderForEmulator(
                        host(config.emulator().get()), port(config.emulator().get()))
                : BigtableTableAdminSettings.newBuilder();
        String project = project(config);
        data.setProjectId(project).setInstanceId(config.instance()).setMetricsProvider(NoopMetricsProvider.INSTANCE);
        admin.setProjectId(project).setInstanceId(config.instance());
        config.appProfile().ifPresent(data::setAppProfileId);
        if (config.credentials().isPresent()) {
            FixedCredentialsProvider provider = FixedCredentialsProvider.create(
                    read(repoPath.resolve(config.credentials().get())));
            data.setCredentialsProvider(provider);
            admin.setCredentialsProvider(provider);
        }
        data.stubSettings()
                .setTransportChannelProvider(
                        Reconnection.lookingAfter(data.stubSettings().getTransportChannelProvider()));
        admin.stubSettings()
                .setTransportChannelProvider(
                        Reconnection.lookingAfter(admin.stubSettings().getTransportChannelProvider()));
        limit(data, Duration.ofMillis(Math.round(config.requestTimeout() * 1000)));
        BigtableDataClient dataClient = BigtableDataClient.create(data.build());
        try {
            return new Clients(dataClient, BigtableTableAdminClient.create(admin.build()));
        } catch (IOException | RuntimeException e) {
            dataClient.close();
            throw e;
        }
    }

    private static void limit(BigtableDataSettings.Builder data, Duration timeout) {
        data.stubSettings().checkAndMutateRowSettings().setSimpleTimeoutNoRetriesDuration(timeout);
        limit(data.stubSettings().readRowsSettings().retrySettings(), timeout);
        limit(data.stubSettings().readRowSettings().retrySettings(), timeout);
    }

    private static void limit(RetrySettings.Builder reads, Duration timeout) {
        reads.setTotalTimeoutDuration(timeout)
                .setInitialRpcTimeoutDuration(timeout)
                .setMaxRpcTimeoutDuration(timeout);
    }

    private static GoogleCredentials read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return GoogleCredentials.fromStream(in).createScoped(SCOPE);
        } catch (IOException e) {
            throw new IOException(
                    "'credentials' names '%s', which is no readable file of credentials (%s)"
                            .formatted(file, e.getClass().getSimpleName()),
                    e);
        }
    }

    private static String project(BigtableConfig config) throws IOException {
        return config.projectId()
                .or(() -> Optional.ofNullable(ServiceOptions.getDefaultProjectId()))
                .orElseThrow(() -> new IOException("no project is known: set project_id"));
    }

    private static String host(String address) {
        return address.substring(0, address.lastIndexOf(':'));
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    @Override
    public void close() {
        data.close();
        admin.close();
    }
}
