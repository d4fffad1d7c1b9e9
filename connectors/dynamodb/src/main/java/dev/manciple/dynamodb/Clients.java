package dev.manciple.dynamodb;

import dev.manciple.dynamodb.DynamoDbConfig.RetryMode;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;

/** Makes the SDK's client of a configuration. It connects at its first request. */
final class Clients {
    private Clients() {}

    static DynamoDbClient of(DynamoDbConfig config) {
        DynamoDbClientBuilder builder = DynamoDbClient.builder()
                .region(Region.of(config.region()))
                .httpClientBuilder(Apache5HttpClient.builder()
                        .maxConnections(config.maxPoolConnections())
                        // Who waits for a connection waits behind its own requests, which have limits of their own.
                        .connectionAcquisitionTimeout(Duration.ofMinutes(1))
                        .connectionMaxIdleTime(seconds(config.keepaliveTimeout()))
                        .connectionTimeout(seconds(config.connectTimeout()))
                        .socketTimeout(seconds(config.readTimeout())))
                .overrideConfiguration(override -> override.retryStrategy(retries(config)));
        config.endpoint().ifPresent(builder::endpointOverride);
        credentials(config).ifPresent(known -> builder.credentialsProvider(StaticCredentialsProvider.create(known)));
        return builder.build();
    }

    private static RetryStrategy retries(DynamoDbConfig config) {
        return AwsRetryStrategy.forRetryMode(mode(config.retryMode())).toBuilder()
                .maxAttempts(config.totalMaxRetryAttempts())
                .build();
    }

    private static software.amazon.awssdk.core.retry.RetryMode mode(RetryMode mode) {
        return switch (mode) {
            case LEGACY -> software.amazon.awssdk.core.retry.RetryMode.LEGACY;
            case STANDARD -> software.amazon.awssdk.core.retry.RetryMode.STANDARD;
            case ADAPTIVE -> software.amazon.awssdk.core.retry.RetryMode.ADAPTIVE_V2;
        };
    }

    private static Optional<AwsCredentials> credentials(DynamoDbConfig config) {
        if (config.accessKeyId().isEmpty() || config.secretAccessKey().isEmpty()) {
            return Optional.empty();
        }
        String id = config.accessKeyId().get();
        String secret = config.secretAccessKey().get().reveal();
        return Optional.of(config.sessionToken()
                .<AwsCredentials>map(token -> AwsSessionCredentials.create(id, secret, token.reveal()))
                .orElseGet(() -> AwsBasicCredentials.create(id, secret)));
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1000));
    }
}
