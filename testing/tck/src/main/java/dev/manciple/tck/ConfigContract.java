package dev.manciple.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manciple.error.ConfigException;
import dev.manciple.spi.config.Default;
import dev.manciple.spi.config.Key;
import dev.manciple.spi.config.Secret;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Makes the author of a config record say once what every key means: what it is where it is absent, and what it becomes where
 * it is set. A component that is added later and in neither list fails the build.
 *
 * <p>After Airlift's {@code ConfigAssertions} ({@code assertRecordedDefaults}, {@code assertFullMapping}).
 *
 * @param <C> the config record
 */
public abstract class ConfigContract<C extends Record> {
    protected abstract Class<C> configType();

    /** Binds options as {@code feature_store.yaml} is bound: with the runtime's {@code ConfigBinder}. */
    protected abstract C bind(Map<String, Object> options);

    /** The keys a user has to write, with some value each; nothing else may be needed. */
    protected abstract Map<String, Object> required();

    /** What a user has who writes the {@link #required} keys only. */
    protected abstract C defaults();

    /** Every key, with a value that is not its default. */
    protected abstract Map<String, Object> everyKey();

    /** What a user has who writes {@link #everyKey}. */
    protected abstract C everySetting();

    /** Keys that may be written, but with their default only: what else they could say is refused. */
    protected Set<String> withOneValueOnly() {
        return Set.of();
    }

    @Test
    final void mapsEveryKey() {
        assertThat(everyKey().keySet())
                .as(
                        "the keys that are tested, of all components of %s",
                        configType().getSimpleName())
                .containsExactlyInAnyOrderElementsOf(keys());
    }

    @Test
    final void hasTheDefaultsThatWereMeant() {
        assertSame(bind(required()), defaults());
    }

    @Test
    final void bindsEveryKeyToItsComponent() {
        assertSame(bind(everyKey()), everySetting());
    }

    /** A key tested with its default would pass although nothing reads it. */
    @Test
    final void testsEveryKeyWithAnotherValueThanItsDefault() {
        for (RecordComponent component : configType().getRecordComponents()) {
            if (!required().containsKey(key(component)) && !withOneValueOnly().contains(key(component))) {
                assertThat(value(component, everySetting()))
                        .as("the value '%s' is tested with", key(component))
                        .isNotEqualTo(value(component, defaults()));
            }
        }
    }

    @Test
    final void needsTheRequiredKeysOnly() {
        for (RecordComponent component : configType().getRecordComponents()) {
            boolean optional = component.isAnnotationPresent(Default.class)
                    || component.getType().equals(Optional.class);
            assertThat(required().containsKey(key(component)))
                    .as("'%s' is required", key(component))
                    .isEqualTo(!optional);
        }
    }

    @Test
    final void namesARequiredKeyThatIsAbsent() {
        for (String key : required().keySet()) {
            Map<String, Object> without = new LinkedHashMap<>(everyKey());
            without.remove(key);
            assertThatThrownBy(() -> bind(without))
                    .as("without '%s'", key)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(key);
        }
    }

    @Test
    final void refusesAKeyItDoesNotKnow() {
        Map<String, Object> more = new LinkedHashMap<>(everyKey());
        more.put("no_such_key", "x");
        assertThatThrownBy(() -> bind(more)).isInstanceOf(ConfigException.class).hasMessageContaining("no_such_key");
    }

    @Test
    final void printsNoSecret() {
        C config = everySetting();
        for (RecordComponent component : configType().getRecordComponents()) {
            Object value = value(component, config);
            if (value instanceof Optional<?> optional && optional.isPresent()) {
                value = optional.get();
            }
            if (value instanceof Secret secret) {
                assertThat(config.toString()).doesNotContain(secret.reveal());
            }
        }
    }

    /** Component by component, so that a failure names the one that differs. */
    private void assertSame(C bound, C expected) {
        assertThat(values(bound)).isEqualTo(values(expected));
    }

    private Map<String, Object> values(C config) {
        return Arrays.stream(configType().getRecordComponents())
                .collect(Collectors.toMap(
                        ConfigContract::key, component -> value(component, config), (a, b) -> a, LinkedHashMap::new));
    }

    private List<String> keys() {
        return Arrays.stream(configType().getRecordComponents())
                .map(ConfigContract::key)
                .toList();
    }

    private static String key(RecordComponent component) {
        Key key = component.getAnnotation(Key.class);
        return key == null
                ? component.getName().replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT)
                : key.value();
    }

    private static Object value(RecordComponent component, Record config) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(config);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Component '%s' cannot be read".formatted(component.getName()), e);
        }
    }
}
