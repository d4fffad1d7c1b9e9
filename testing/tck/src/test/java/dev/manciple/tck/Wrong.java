package dev.manciple.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedMethod;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

/** Runs one test of a contract against a wrong store, as a build of its author would. */
final class Wrong {
    private Wrong() {}

    /** Fails unless the test named ran and failed. */
    static void isCaughtBy(Class<?> wrong, String test) {
        Events tests = EngineTestKit.engine("junit-jupiter")
                .selectors(selector(wrong, test))
                .execute()
                .testEvents();
        String method = test.substring(test.lastIndexOf('.') + 1);
        assertThat(tests.failed().stream().map(Wrong::methodName))
                .as("the tests that failed for %s", wrong.getSimpleName())
                .isNotEmpty()
                .allMatch(method::equals);
    }

    private static DiscoverySelector selector(Class<?> wrong, String test) {
        int dot = test.indexOf('.');
        if (dot < 0) {
            return selectMethod(wrong, test);
        }
        Class<?> group = Arrays.stream(wrong.getSuperclass().getDeclaredClasses())
                .filter(nested -> nested.getSimpleName().equals(test.substring(0, dot)))
                .findFirst()
                .orElseThrow();
        Method method = Arrays.stream(group.getDeclaredMethods())
                .filter(each -> each.getName().equals(test.substring(dot + 1)))
                .findFirst()
                .orElseThrow();
        return selectNestedMethod(List.of(wrong), group, method);
    }

    private static String methodName(Event event) {
        return event.getTestDescriptor()
                .getSource()
                .map(source -> ((org.junit.platform.engine.support.descriptor.MethodSource) source).getMethodName())
                .orElse(event.getTestDescriptor().getDisplayName());
    }
}
