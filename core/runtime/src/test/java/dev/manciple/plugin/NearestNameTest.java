package dev.manciple.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {
    private static final List<String> KNOWN = List.of("registry", "online_store", "offline_store", "ttl", "tags", "f");

    @ParameterizedTest
    @CsvSource({
        "registy, registry",
        "reigstry, registry",
        "Registry, registry",
        "online_stor, online_store",
        "offlinestore, offline_store",
        "tll, ttl",
        "tag, tags",
        "F, f"
    })
    void slipsOfTheKeysAreSeen(String unknown, String meant) {
        assertThat(NearestName.of(unknown, KNOWN)).contains(meant);
        assertThat(NearestName.hint(unknown, KNOWN)).isEqualTo(", did you mean '%s'?", meant);
    }

    @Test
    void otherNamesAreNotGuessed() {
        assertThat(List.of("g", "xx", "engine", "store", "owner"))
                .allSatisfy(
                        unknown -> assertThat(NearestName.of(unknown, KNOWN)).isEmpty());
        assertThat(NearestName.hint("owner", KNOWN)).isEmpty();
    }
}
