package dev.manciple.dynamodb;

import dev.manciple.dynamodb.DynamoDbConfig.RetryMode;
import dev.manciple.plugin.ConfigBinder;
import dev.manciple.spi.config.Secret;
import dev.manciple.tck.ConfigContract;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

class DynamoDbConfigTest extends ConfigContract<DynamoDbConfig> {
    @Override
    protected Class<DynamoDbConfig> configType() {
        return DynamoDbConfig.class;
    }

    @Override
    protected DynamoDbConfig bind(Map<String, Object> options) {
        return new ConfigBinder().bind("online_store", DynamoDbConfig.class, options);
    }

    @Override
    protected Map<String, Object> required() {
        return Map.of("region", "eu-central-1");
    }

    @Override
    protected DynamoDbConfig defaults() {
        return new DynamoDbConfig(
                100,
                Optional.empty(),
                "eu-central-1",
                "{project}.{table_name}",
                false,
                false,
                Map.of(),
                false,
                10,
                50,
                30,
                5,
                10,
                3,
                RetryMode.ADAPTIVE,
                50,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    @Override
    protected Map<String, Object> everyKey() {
        Map<String, Object> options = new HashMap<>();
        options.put("batch_size", 40);
        options.put("endpoint_url", "http://localhost:8000");
        options.put("region", "us-west-2");
        options.put("table_name_template", "feast-{project}-{table_name}");
        options.put("consistent_reads", true);
        options.put("warmup_connections", true);
        options.put("tags", Map.of("cost", "ml"));
        options.put("session_based_auth", true);
        options.put("max_read_workers", 3);
        options.put("max_pool_connections", 7);
        options.put("keepalive_timeout", 12.5);
        options.put("connect_timeout", 1);
        options.put("read_timeout", 2);
        options.put("total_max_retry_attempts", 5);
        options.put("retry_mode", "standard");
        options.put("write_concurrency", 9);
        options.put("access_key_id", "AKIA");
        options.put("secret_access_key", "s3cret");
        options.put("session_token", "t0ken");
        return options;
    }

    @Override
    protected DynamoDbConfig everySetting() {
        return new DynamoDbConfig(
                40,
                Optional.of("http://localhost:8000"),
                "us-west-2",
                "feast-{project}-{table_name}",
                true,
                true,
                Map.of("cost", "ml"),
                true,
                3,
                7,
                12.5,
                1,
                2,
                5,
                RetryMode.STANDARD,
                9,
                Optional.of("AKIA"),
                Optional.of(new Secret("s3cret")),
                Optional.of(new Secret("t0ken")));
    }
}
