package io.iisnode;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.iisnode.protocol.ExchangeSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which package may know which.
 */
class ArchitectureTests {

	private static final String[] CORE = packages("protocol", "application", "process", "transport", "watch", "log");

	private static final String[] EDGES = packages("actuate", "health", "metrics", "observation");

	private static final JavaClasses CLASSES = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages("io.iisnode");

	@Test
	void looksAtTheWholeLibrary() {
		assertThat(CLASSES).hasSizeGreaterThan(50);
	}

	/**
	 * Arrows point down: web, application, process, transport; and web, protocol,
	 * transport.
	 */
	@ParameterizedTest
	@CsvSource({ "web, application protocol process transport watch log", "application, process transport watch log",
			"protocol, transport", "process, transport watch log", "transport, ''", "watch, ''", "log, ''" })
	void packageKnowsOnlyThoseBelow(String name, String below) {
		String[] allowed = packages(
				Stream.concat(Stream.of(name), Arrays.stream(below.split(" "))).toArray(String[]::new));
		ArchRuleDefinition.noClasses()
			.that()
			.resideInAnyPackage(packages(name))
			.should()
			.dependOnClassesThat(JavaClass.Predicates.resideInAPackage("io.iisnode..")
				.and(DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(allowed)))
				.and(DescribedPredicate.not(settingsOfAnExchange(name))))
			.allowEmptyShould(true)
			.check(CLASSES);
	}

	/**
	 * The settings of an application contain those of its exchanges, and nothing else of
	 * the protocol is known there.
	 */
	private static DescribedPredicate<JavaClass> settingsOfAnExchange(String name) {
		return DescribedPredicate.describe("settings of an exchange",
				(type) -> name.equals("application") && type.isEquivalentTo(ExchangeSettings.class));
	}

	@Test
	void packagesHaveNoCycles() {
		SlicesRuleDefinition.slices().matching("io.iisnode.(*)..").should().beFreeOfCycles().check(CLASSES);
	}

	@Test
	void nobodyKnowsTheAutoConfiguration() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideOutsideOfPackages(packages("autoconfigure"))
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(packages("autoconfigure"))
			.check(CLASSES);
	}

	@Test
	void onlyTheAutoConfigurationKnowsTheEdges() {
		for (String edge : EDGES) {
			ArchRuleDefinition.noClasses()
				.that()
				.resideOutsideOfPackages(edge, "io.iisnode.autoconfigure..")
				.should()
				.dependOnClassesThat()
				.resideInAPackage(edge)
				.check(CLASSES);
		}
	}

	@Test
	void coreKnowsNeitherSpringBootNorMicrometer() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideInAnyPackage(CORE)
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.boot..", "io.micrometer..")
			.check(CLASSES);
	}

	@Test
	void protocolDoesNotKnowSpring() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideInAnyPackage(packages("protocol"))
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.springframework..")
			.check(CLASSES);
	}

	/**
	 * Somebody may set the wall clock, by hours. So it serves to be shown, and how long
	 * something takes or lasts is told by {@link System#nanoTime()}.
	 */
	@Test
	void aWallClockThatJumpsChangesNothing() {
		ArchRuleDefinition.noClasses()
			.that()
			.resideInAnyPackage(CORE)
			.should()
			.callMethodWhere(isOf(System.class, "currentTimeMillis"))
			.orShould()
			.callMethodWhere(isOf(Instant.class, "isBefore", "isAfter", "compareTo", "until"))
			.orShould()
			.callMethodWhere(isOf(Duration.class, "between"))
			.orShould()
			.dependOnClassesThat(JavaClass.Predicates.belongToAnyOf(Clock.class, Date.class, LocalDateTime.class,
					OffsetDateTime.class, ZonedDateTime.class))
			.check(CLASSES);
	}

	/**
	 * The common pool of the JVM is everybody's, and anybody may keep it busy.
	 */
	@Test
	void nothingWaitsForTheCommonPool() {
		ArchRuleDefinition.noClasses()
			.should()
			.callMethodWhere(isOf(Process.class, "onExit"))
			.orShould()
			.callMethodWhere(isOf(ProcessHandle.class, "onExit"))
			.orShould()
			.callMethodWhere(isOf(ForkJoinPool.class, "commonPool"))
			.orShould()
			.callMethodWhere(DescribedPredicate.describe("an asynchronous method without an executor",
					(call) -> call.getTargetOwner().isAssignableTo(CompletionStage.class)
							&& call.getName().endsWith("Async")
							&& call.getTarget()
								.getRawParameterTypes()
								.stream()
								.noneMatch((type) -> type.isEquivalentTo(Executor.class))))
			.check(CLASSES);
	}

	private static DescribedPredicate<JavaMethodCall> isOf(Class<?> owner, String... names) {
		return DescribedPredicate.describe(owner.getSimpleName() + " " + String.join(", ", names),
				(call) -> call.getTargetOwner().isEquivalentTo(owner) && List.of(names).contains(call.getName()));
	}

	@Test
	void nativeCallsAreForWindowsOnly() {
		ArchRuleDefinition.classes()
			.that(usingJna())
			.should()
			.resideInAnyPackage(packages("transport.windows", "process.windows", "watch.windows"))
			.allowEmptyShould(true)
			.check(CLASSES);
	}

	private static DescribedPredicate<JavaClass> usingJna() {
		return DescribedPredicate.describe("use JNA",
				(type) -> type.getDirectDependenciesFromSelf()
					.stream()
					.anyMatch((dependency) -> dependency.getTargetClass().getPackageName().startsWith("com.sun.jna")));
	}

	private static String[] packages(String... names) {
		return Arrays.stream(names)
			.filter((name) -> !name.isEmpty())
			.map((name) -> "io.iisnode." + name + "..")
			.toArray(String[]::new);
	}

}
