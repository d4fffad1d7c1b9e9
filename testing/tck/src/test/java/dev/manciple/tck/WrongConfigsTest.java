package dev.manciple.tck;

import dev.manciple.spi.config.Secret;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What authors of config records forget, and the test that tells them. */
class WrongConfigsTest {
    @ParameterizedTest
    @CsvSource({
        "dev.manciple.tck.WrongConfigsTest$KeyForgotten, mapsEveryKey",
        "dev.manciple.tck.WrongConfigsTest$DefaultChanged, hasTheDefaultsThatWereMeant",
        "dev.manciple.tck.WrongConfigsTest$KeyNotRead, bindsEveryKeyToItsComponent",
        "dev.manciple.tck.WrongConfigsTest$TestedWithItsDefault, testsEveryKeyWithAnotherValueThanItsDefault",
        "dev.manciple.tck.WrongConfigsTest$UnknownKeysAccepted, refusesAKeyItDoesNotKnow",
        "dev.manciple.tck.WrongConfigsTest$RequiredKeyNotMissed, namesARequiredKeyThatIsAbsent"
    })
    void catches(Class<?> wrong, String test) {
        Wrong.isCaughtBy(wrong, test);
    }

    static class KeyForgotten extends RightConfigTest {
        @Override
        protected Map<String, Object> everyKey() {
            return required();
        }
    }

    static class DefaultChanged extends RightConfigTest {
        @Override
        protected Config bind(Map<String, Object> options) {
            Config bound = super.bind(options);
            return new Config(
                    bound.host(), bound.port() == 5432 ? 5433 : bound.port(), bound.apiKey(), bound.dbSchema());
        }
    }

    static class KeyNotRead extends RightConfigTest {
        @Override
        protected Config bind(Map<String, Object> options) {
            Config bound = super.bind(options);
            return new Config(bound.host(), bound.port(), bound.apiKey(), Optional.empty());
        }
    }

    static class TestedWithItsDefault extends RightConfigTest {
        @Override
        protected Config everySetting() {
            return new Config("db", 5432, new Secret("hush"), Optional.of("s"));
        }
    }

    static class UnknownKeysAccepted extends RightConfigTest {
        @Override
        protected Config bind(Map<String, Object> options) {
            Map<String, Object> known = new HashMap<>(options);
            known.remove("no_such_key");
            return super.bind(known);
        }
    }

    static class RequiredKeyNotMissed extends RightConfigTest {
        @Override
        protected Config bind(Map<String, Object> options) {
            Map<String, Object> all = new HashMap<>(required());
            all.putAll(options);
            return super.bind(all);
        }
    }
}
