package dev.manciple.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Puts the command line together. */
final class Commands {
    /** The narrowest a help text can be. */
    private static final int MIN_WIDTH = 60;

    private Commands() {}

    static CommandLine all(Terminal terminal, Cancellation cancellation) {
        GlobalOptions options = new GlobalOptions();
        Session session = new Session(terminal, options);
        Failures failures = new Failures(terminal, options, cancellation);
        CommandLine root = new CommandLine(options)
                .addSubcommand(new DemoCommand(session, cancellation))
                .addSubcommand(new InitCommand(session))
                .addSubcommand(new PlanCommand(session))
                .addSubcommand(new ApplyCommand(session))
                .addSubcommand(new GetHistoricalFeaturesCommand(session))
                .addSubcommand(new CompareSourcesCommand(session))
                .addSubcommand(new MaterializeCommand(session))
                .addSubcommand(new MaterializeIncrementalCommand(session))
                .addSubcommand(new GetOnlineFeaturesCommand(session))
                .addSubcommand(new ServeCommand(session))
                .addSubcommand(new ListenCommand(session))
                .addSubcommand(new ServeOfflineCommand(session))
                .addSubcommand(new ServeRegistryCommand(session))
                .addSubcommand(new PurgeCommand(session))
                .addSubcommand(new MoveCommand(session))
                .addSubcommand(new TeardownCommand(session));
        for (RegistryGroup<?> group : RegistryGroup.all()) {
            CommandLine commands = group(session, group);
            if (group.command().equals(RegistryGroup.PERMISSIONS)) {
                commands.addSubcommand(new CheckPermissionsCommand(session))
                        .addSubcommand(new ListRolesCommand(session));
            }
            root.addSubcommand(commands);
        }
        root.addSubcommand(new ProjectsCommand(session))
                .addSubcommand(new RegistryDumpCommand(session))
                .addSubcommand(new ValidateCommand(session))
                .addSubcommand(new DoctorCommand(session))
                .addSubcommand(new VersionCommand(session));
        root.getCommandSpec().versionProvider(() -> new String[] {VersionCommand.sentence()});
        return root.setExecutionStrategy(parsed -> {
                    if (options.logLevel != null) {
                        options.logLevel.use();
                    }
                    return new CommandLine.RunLast().execute(parsed);
                })
                .setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(
                        CommandLine.Help.defaultColorScheme(terminal.watches(Terminal.Stream.OUT) ? Ansi.ON : Ansi.OFF))
                .registerConverter(Instant.class, new TimeConverter())
                .setUsageHelpWidth(Math.max(terminal.width(), MIN_WIDTH))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(failures)
                .setParameterExceptionHandler(failures);
    }

    private static CommandLine group(Session session, RegistryGroup<?> group) {
        return new CommandLine(CommandSpec.create()
                        .name(group.command())
                        .usageMessage(
                                new UsageMessageSpec().description("List or describe %s.".formatted(group.plural()))))
                .addSubcommand(new ListCommand<>(session, group))
                .addSubcommand(new DescribeCommand<>(session, group));
    }
}
