# Postern.  GNU make; nothing is written outside build/ and ./var.
# "make help" lists the targets; V=1 shows whole commands.

MODE   ?= debug
BUILD  ?= build
OUT    := $(BUILD)/$(MODE)
PREFIX ?= /usr/local

# ---- sources, bottom layer first: a layer may include those above it here ----

BASE = \
    base/address.c \
    base/arena.c \
    base/base64.c \
    base/clock.c \
    base/csv.c \
    base/digest.c \
    base/err.c \
    base/field.c \
    base/field_text.c \
    base/host_name.c \
    base/io.c \
    base/ip.c \
    base/job.c \
    base/log.c \
    base/machine.c \
    base/process.c \
    base/random.c \
    base/text.c \
    base/text_nearest.c \
    base/text_number.c \
    base/words.c \

DNS = \
    dns/answer.c \
    dns/answers.c \
    dns/autoconfig.c \
    dns/caa.c \
    dns/check.c \
    dns/check_autoconfig.c \
    dns/check_block_list.c \
    dns/check_caa.c \
    dns/check_dane.c \
    dns/check_delegation.c \
    dns/check_dkim.c \
    dns/check_dmarc.c \
    dns/check_dmarc_above.c \
    dns/check_dmarc_policy.c \
    dns/check_dmarc_reports.c \
    dns/check_dnssec.c \
    dns/check_host.c \
    dns/check_mx.c \
    dns/check_mx_tls.c \
    dns/check_ptr.c \
    dns/check_spf.c \
    dns/check_spf_host.c \
    dns/check_srv.c \
    dns/check_sts.c \
    dns/check_sts_policy.c \
    dns/check_tls_rpt.c \
    dns/check_zone.c \
    dns/checklist.c \
    dns/checklist_ask.c \
    dns/checklist_who.c \
    dns/delegation.c \
    dns/delegation_named.c \
    dns/difference.c \
    dns/dmarc_better.c \
    dns/dmarc_record.c \
    dns/dmarc_walk.c \
    dns/dns_host.c \
    dns/dnssec.c \
    dns/engine.c \
    dns/engine_answer.c \
    dns/engine_lane.c \
    dns/engine_tcp.c \
    dns/engine_try.c \
    dns/https.c \
    dns/judge.c \
    dns/judge_txt.c \
    dns/key.c \
    dns/lint.c \
    dns/lint_caa.c \
    dns/lint_dkim.c \
    dns/lint_dmarc.c \
    dns/lint_service.c \
    dns/lint_spf.c \
    dns/lint_sts.c \
    dns/lint_tls_rpt.c \
    dns/lint_words.c \
    dns/lookup.c \
    dns/mail_known.c \
    dns/mail_tls.c \
    dns/ownership.c \
    dns/pace.c \
    dns/packet.c \
    dns/packet_record.c \
    dns/packet_take.c \
    dns/policy.c \
    dns/publish.c \
    dns/publish_keep.c \
    dns/question.c \
    dns/record.c \
    dns/record_fields.c \
    dns/record_text.c \
    dns/replay.c \
    dns/replay_write.c \
    dns/report.c \
    dns/report_apart.c \
    dns/report_dmarc.c \
    dns/report_mail.c \
    dns/report_tls.c \
    dns/report_unpack.c \
    dns/report_uri.c \
    dns/resolvers.c \
    dns/server_key.c \
    dns/socket_pool.c \
    dns/spf.c \
    dns/spf_ask.c \
    dns/spf_look.c \
    dns/spf_look_text.c \
    dns/spf_macro.c \
    dns/spf_match.c \
    dns/spf_merge.c \
    dns/spf_syntax.c \
    dns/starttls.c \
    dns/starttls_certificate.c \
    dns/starttls_session.c \
    dns/sts_policy.c \
    dns/subject.c \
    dns/sweep.c \
    dns/tag_list.c \
    dns/tls_rpt.c \
    dns/tlsa.c \
    dns/txt_mend.c \
    dns/update.c \
    dns/visit.c \

SMIME = \
    smime/certificate.c \
    smime/encode.c \
    smime/identity.c \
    smime/keyring.c \
    smime/library.c \
    smime/look.c \
    smime/message.c \
    smime/milter.c \
    smime/milter_client.c \
    smime/mime.c \
    smime/mime_field.c \
    smime/mime_part.c \
    smime/pem.c \
    smime/sender.c \
    smime/sign.c \
    smime/store.c \
    smime/vault.c \
    smime/vault_file.c \
    smime/vault_pem.c \

UNIT_SMIME = \
    identity_test \
    milter_test \
    vault_test \

MAIL = \
    mail/client.c \
    mail/config.c \
    mail/dkim_key.c \
    mail/dkim_probe.c \
    mail/dkim_tables.c \
    mail/dkim_verify.c \
    mail/doveadm.c \
    mail/external.c \
    mail/health.c \
    mail/health_log.c \
    mail/health_machine.c \
    mail/health_smtp.c \
    mail/install.c \
    mail/keeper.c \
    mail/keeper_root.c \
    mail/key_directory.c \
    mail/log_line.c \
    mail/mail_home.c \
    mail/mailbox.c \
    mail/milter_probe.c \
    mail/probe.c \
    mail/queue.c \
    mail/reload.c \
    mail/tls.c \
    mail/trace.c \
    mail/verdict.c \
    mail/wire.c \

MODEL = \
    model/account.c \
    model/account_admin.c \
    model/account_session.c \
    model/actor.c \
    model/alias.c \
    model/alias_path.c \
    model/attention.c \
    model/audit.c \
    model/backup.c \
    model/bundle.c \
    model/client.c \
    model/db.c \
    model/db_error.c \
    model/db_export.c \
    model/db_query.c \
    model/dkim.c \
    model/dmarc.c \
    model/domain.c \
    model/domain_move.c \
    model/effects.c \
    model/export.c \
    model/export_merge.c \
    model/export_table.c \
    model/finding.c \
    model/golive.c \
    model/golive_change.c \
    model/golive_proof.c \
    model/health.c \
    model/host.c \
    model/import.c \
    model/intake.c \
    model/key.c \
    model/key_line.c \
    model/key_login.c \
    model/key_store.c \
    model/key_words.c \
    model/list.c \
    model/list_sql.c \
    model/list_value.c \
    model/mail_setup.c \
    model/mail_trace.c \
    model/operation.c \
    model/operation_audit.c \
    model/operation_input.c \
    model/operation_rights.c \
    model/operation_row.c \
    model/ownership.c \
    model/password.c \
    model/password_login.c \
    model/permission.c \
    model/public_key.c \
    model/publish.c \
    model/registry.c \
    model/report_store.c \
    model/request.c \
    model/server.c \
    model/setup.c \
    model/sign_directory.c \
    model/smime.c \
    model/smime_reseal.c \
    model/smime_test.c \
    model/smime_view.c \
    model/statements.c \
    model/sts_path.c \
    model/subject.c \
    model/tenant.c \
    model/tenant_add.c \
    model/tenant_edit.c \
    model/tenant_input.c \
    model/tenant_status.c \
    model/tidy.c \
    model/trouble.c \
    model/trouble_facts.c \
    model/trouble_look.c \
    model/trouble_person.c \
    model/usage.c \
    model/user.c \
    model/user_edit.c \
    model/user_password.c \
    model/user_status.c \
    model/user_external.c \
    model/web.c \

TUI = \
    tui/app.c \
    tui/app_keys.c \
    tui/app_loop.c \
    tui/app_time.c \
    tui/app_view.c \
    tui/canvas.c \
    tui/canvas_dump.c \
    tui/command.c \
    tui/confirm.c \
    tui/form.c \
    tui/form_keys.c \
    tui/form_view.c \
    tui/help.c \
    tui/key.c \
    tui/line_edit.c \
    tui/pager.c \
    tui/rows.c \
    tui/style.c \
    tui/table.c \
    tui/table_marks.c \
    tui/table_view.c \
    tui/terminal.c \
    tui/terminal_input.c \
    tui/terminal_output.c \
    tui/values.c \
    tui/wizard.c \

SCREENS = \
    screens/admins.c \
    screens/alias.c \
    screens/alias_wizard.c \
    screens/aliases.c \
    screens/attention.c \
    screens/audit.c \
    screens/audit_entry.c \
    screens/audit_filter.c \
    screens/backup.c \
    screens/checklist.c \
    screens/checklist_view.c \
    screens/client_settings.c \
    screens/danger.c \
    screens/detail.c \
    screens/dkim.c \
    screens/dkim_view.c \
    screens/domain.c \
    screens/domains.c \
    screens/finding_view.c \
    screens/findings.c \
    screens/form_screen.c \
    screens/golive.c \
    screens/home.c \
    screens/home_roles.c \
    screens/hosts.c \
    screens/intake.c \
    screens/keys.c \
    screens/link.c \
    screens/list_screen.c \
    screens/list_source.c \
    screens/mail_stack.c \
    screens/own_domain.c \
    screens/ownership.c \
    screens/palette.c \
    screens/pick.c \
    screens/policies.c \
    screens/record_forms.c \
    screens/records.c \
    screens/removed_users.c \
    screens/request.c \
    screens/reports.c \
    screens/requests.c \
    screens/row_screen.c \
    screens/run.c \
    screens/screens.c \
    screens/secret.c \
    screens/senders.c \
    screens/server.c \
    screens/server_look.c \
    screens/server_wizard.c \
    screens/session.c \
    screens/smime.c \
    screens/smime_wizard.c \
    screens/tenant.c \
    screens/tenant_wizard.c \
    screens/tenants.c \
    screens/trial.c \
    screens/trouble.c \
    screens/trace.c \
    screens/try.c \
    screens/try_view.c \
    screens/user.c \
    screens/user_wizard.c \
    screens/users.c \
    screens/wizard_screen.c \

SSH = \
    ssh/application.c \
    ssh/attempt.c \
    ssh/backup_door.c \
    ssh/broker.c \
    ssh/channel.c \
    ssh/channel_bytes.c \
    ssh/channel_requests.c \
    ssh/command_alias.c \
    ssh/command_check.c \
    ssh/command_client.c \
    ssh/command_csv.c \
    ssh/command_dkim.c \
    ssh/command_dns.c \
    ssh/command_golive.c \
    ssh/command_help.c \
    ssh/command_input.c \
    ssh/command_line.c \
    ssh/command_lint.c \
    ssh/command_list.c \
    ssh/command_mail.c \
    ssh/command_mail_config.c \
    ssh/command_people.c \
    ssh/command_print.c \
    ssh/command_publish.c \
    ssh/command_reports.c \
    ssh/command_reports_read.c \
    ssh/command_senders.c \
    ssh/command_smime.c \
    ssh/command_special.c \
    ssh/command_stack.c \
    ssh/command_sweep.c \
    ssh/command_table.c \
    ssh/command_trouble.c \
    ssh/command_words.c \
    ssh/door.c \
    ssh/door_effects.c \
    ssh/door_words.c \
    ssh/environment.c \
    ssh/host_key.c \
    ssh/link.c \
    ssh/listener.c \
    ssh/listener_admission.c \
    ssh/listener_start.c \
    ssh/login.c \
    ssh/owner_work.c \
    ssh/penalty.c \
    ssh/privilege.c \
    ssh/residue.c \
    ssh/restore_door.c \
    ssh/restore_put.c \
    ssh/restore_stage.c \
    ssh/sandbox.c \
    ssh/sign_door.c \
    ssh/state_lock.c \
    ssh/transport.c \

MAIN    = main.c

# Unit tests, by the layer they test: each links that layer and those below.
UNIT_BASE = \
    base64_test \
    csv_test \
    field_test \
    host_name_test \
    ip_test \
    job_test \
    text_test \
    words_test \

UNIT_DNS = \
    answers_test \
    check_test \
    checklist_test \
    delegation_test \
    dmarc_walk_test \
    engine_test \
    hostile_test \
    https_test \
    judge_test \
    lint_test \
    ownership_test \
    packet_test \
    pace_test \
    record_test \
    report_test \
    spf_test \
    starttls_test \
    sweep_test \
    visit_test \

UNIT_MAIL = \
    client_test \
    config_test \
    dkim_key_test \
    external_test \
    health_test \
    keeper_test \
    mail_log_test \
    mailbox_test \

# Those whose example is tests/lib/house.h.
HOUSE_TESTS = \
    dmarc_test \
    golive_test \
    import_test \
    intake_test \
    trouble_test \
    key_line_test \
    operation_test \
    password_login_test \
    smime_test \
    people_test \
    report_store_test \
    server_test \

UNIT_MODEL = \
    $(HOUSE_TESTS) \
    audit_test \
    db_test \
    bundle_test \
    export_test \
    finding_test \
    password_test \
    permission_test \
    public_key_test \
    subject_test \

UNIT_TUI = \
    app_test \
    canvas_test \
    form_test \
    key_test \
    line_edit_test \
    table_test \
    values_test \

UNIT_SCREENS = \
    form_screen_test \
    link_test \
    one_command_test \
    print_test \
    server_look_test \

UNIT_SSH = \
    penalty_test \
    rights_test \
    sandbox_test \

# ---- compiler ----

CC     ?= cc
PKGS    = libssh libseccomp opendkim ncursesw sqlite3 libssl libcrypto libidn2 jansson \
          libarchive libcurl libxml-2.0
PKGS   += $(if $(shell pkg-config --exists ldns && echo y),ldns)
WARN    = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wpointer-arith \
          -Wcast-qual -Wstrict-prototypes -Wmissing-prototypes -Wvla \
          -Wformat=2 -Wno-format-nonliteral -Wno-missing-field-initializers
WARN   += $(if $(CI),-Werror)
HARDEN  = -fstack-protector-strong -fPIE -fstack-clash-protection \
          -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
LDHARD  = -pie -Wl,-z,relro,-z,now,-z,noexecstack

FLAGS_debug   = -O1 -g $(HARDEN)
FLAGS_release = -O2 -g $(HARDEN)
FLAGS_asan    = -O1 -g -fsanitize=address,undefined -fno-omit-frame-pointer \
                -fno-sanitize-recover=undefined
FLAGS_coverage = -O0 -g --coverage
FLAGS_fuzz    = -O1 -g -fsanitize=address,undefined,fuzzer-no-link
LINK_debug    = $(LDHARD)
LINK_release  = $(LDHARD)
LINK_asan     = -fsanitize=address,undefined
LINK_coverage = --coverage
LINK_fuzz     = -fsanitize=address,undefined

ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -I. -I$(OUT) $(WARN) $(FLAGS_$(MODE)) \
             $(shell pkg-config --cflags $(PKGS)) $(CFLAGS)
ALL_LIBS   = $(shell pkg-config --libs $(PKGS)) -lldns -lmilter -lunistring -lcrypt -lcrack \
             -lutil $(LDLIBS)

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-6s %s\n' $(1) $(2))

# ---- what is built ----

LAYERS = base dns mail smime model tui screens ssh
layer_objects = $(patsubst %.c,$(OUT)/%.o,$($(1)))
SOURCE_LISTS = BASE DNS MAIL SMIME MODEL TUI SCREENS SSH MAIN
OBJECTS = $(foreach l,$(SOURCE_LISTS),$(call layer_objects,$(l)))

all: $(OUT)/postern ## the program, into build/MODE/postern (the default)

$(OUT)/postern: $(OUT)/main.o $(foreach l,$(LAYERS),$(OUT)/$(l).a)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK_$(MODE)) $(LDFLAGS) -o $@ $(OUT)/main.o \
	    $(ARCHIVES_SSH) $(ALL_LIBS)

# Each layer is an archive; a test of a layer links none above it.
ARCHIVES_BASE    = $(OUT)/base.a
ARCHIVES_DNS     = $(OUT)/dns.a $(ARCHIVES_BASE)
ARCHIVES_MAIL    = $(OUT)/mail.a $(ARCHIVES_BASE)
ARCHIVES_SMIME   = $(OUT)/smime.a $(ARCHIVES_BASE)
ARCHIVES_MODEL   = $(OUT)/model.a $(OUT)/mail.a $(OUT)/smime.a $(ARCHIVES_DNS)
ARCHIVES_TUI     = $(OUT)/tui.a $(ARCHIVES_DNS)
ARCHIVES_SCREENS = $(OUT)/screens.a $(OUT)/tui.a $(ARCHIVES_MODEL)
ARCHIVES_SSH     = $(OUT)/ssh.a $(ARCHIVES_SCREENS)

define archive_rule
$(OUT)/$(1).a: $(call layer_objects,$(2))
	$$(call say,AR,$$@)
	$$(Q)rm -f $$@ && $$(AR) rcs $$@ $$^
endef
$(eval $(call archive_rule,base,BASE))
$(eval $(call archive_rule,dns,DNS))
$(eval $(call archive_rule,mail,MAIL))
$(eval $(call archive_rule,smime,SMIME))
$(eval $(call archive_rule,model,MODEL))
$(OUT)/model.a: $(OUT)/model/schema_sql.o
$(eval $(call archive_rule,tui,TUI))
$(eval $(call archive_rule,screens,SCREENS))
$(eval $(call archive_rule,ssh,SSH))

# The migrations, in the order of their numbers, become one array.
MIGRATIONS = \
    model/schema/0001_init.sql \
    model/schema/0002_password_try.sql \
    model/schema/0003_finding.sql \
    model/schema/0004_touched.sql \
    model/schema/0005_intake.sql \
    model/schema/0006_web.sql \
    model/schema/0007_people.sql \
    model/schema/0008_mail_setup.sql \
    model/schema/0009_golive.sql \
    model/schema/0010_smime.sql \
    model/schema/0011_usage.sql \
    model/schema/0012_report.sql \
    model/schema/0013_authority.sql \
    model/schema/0014_password_login.sql \
    model/schema/0015_golive_proof.sql \
    model/schema/0016_sts_since.sql \
    model/schema/0017_finding_verdict.sql \
    model/schema/0018_finding_enforce.sql \

$(OUT)/model/schema_sql.c: $(MIGRATIONS) tools/embed_sql.sh
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)tools/embed_sql.sh $(MIGRATIONS) >$@

# So do the configuration files of the mail servers.
TEMPLATES = $(wildcard mail/template/*/*)

$(OUT)/mail/templates.c: $(TEMPLATES) tools/embed_text.sh
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)tools/embed_text.sh mail/template >$@

$(OUT)/mail/templates.o: $(OUT)/mail/templates.c
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -Wno-overlength-strings -MMD -MP -c -o $@ $<

$(OUT)/mail.a: $(OUT)/mail/templates.o

$(OUT)/model/schema_sql.o: $(OUT)/model/schema_sql.c
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -Wno-overlength-strings -MMD -MP -c -o $@ $<

$(OUT)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# ---- tests ----

define unit_rule
$(OUT)/tests/unit/$(1): $(OUT)/tests/unit/$(1).o $$(ARCHIVES_$(2))
	$$(call say,LINK,$$@)
	$$(Q)$$(CC) $$(LINK_$(MODE)) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) \
	    $$(ARCHIVES_$(2)) $$(ALL_LIBS) -lcmocka
UNIT += $(OUT)/tests/unit/$(1)
endef
$(foreach l,BASE DNS MAIL SMIME MODEL TUI SCREENS SSH,$(foreach t,$(UNIT_$(l)),\
    $(eval $(call unit_rule,$(t),$(l)))))

# What a test needs beside its layer.
ODD_HOSTS = $(OUT)/tests/dns/odd_identity.o $(OUT)/tests/dns/odd_mail.o \
    $(OUT)/tests/dns/odd_web.o
$(OUT)/tests/unit/app_test: $(OUT)/tests/tui/example.o
$(OUT)/tests/unit/engine_test $(OUT)/tests/unit/sweep_test: \
    $(OUT)/tests/dns/odd_server.o
$(OUT)/tests/unit/client_test $(OUT)/tests/unit/health_test: \
    $(OUT)/tests/lib/line_server.o
$(OUT)/tests/unit/https_test: $(ODD_HOSTS)
$(OUT)/tests/unit/starttls_test: $(ODD_HOSTS)
$(OUT)/tests/unit/visit_test: $(ODD_HOSTS)
$(HOUSE_TESTS:%=$(OUT)/tests/unit/%): $(OUT)/tests/lib/house.o
$(OUT)/tests/unit/rights_test: $(OUT)/tests/lib/house.o
$(OUT)/tests/unit/form_screen_test $(OUT)/tests/unit/link_test \
$(OUT)/tests/unit/one_command_test \
$(OUT)/tests/unit/print_test: $(OUT)/tests/lib/house.o
$(OUT)/tests/unit/identity_test $(OUT)/tests/unit/milter_test \
$(OUT)/tests/unit/smime_test: $(OUT)/tests/lib/certificates.o

# The doors of ssh/ with something small behind them.
$(OUT)/tests/ssh/stand_in: $(OUT)/tests/ssh/stand_in.o $(OUT)/ssh.a \
    $(ARCHIVES_MAIL)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK_$(MODE)) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

# Scripts of keys in a terminal emulator, with the stock client.
$(OUT)/tests/ssh/play: $(OUT)/tests/ssh/play.o $(OUT)/tests/ssh/emulator.o \
    $(OUT)/tests/lib/script.o $(ARCHIVES_TUI)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK_$(MODE)) $(LDFLAGS) -o $@ $^ $(ALL_LIBS) -lvterm

# The toolkit's example screens, to be tried by hand.
$(OUT)/tests/tui/demo: $(OUT)/tests/tui/demo.o $(OUT)/tests/tui/example.o \
    $(ARCHIVES_TUI)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK_$(MODE)) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

# Screens in memory: scripts of keys against golden screens.
PLAY_OBJECTS = $(OUT)/tests/lib/play.o $(OUT)/tests/lib/script.o \
               $(OUT)/tests/lib/app_backend.o
PLAY = $(OUT)/tests/tui/play

$(OUT)/tests/tui/play: $(OUT)/tests/tui/play.o $(OUT)/tests/tui/example.o \
    $(PLAY_OBJECTS) $(ARCHIVES_TUI)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK_$(MODE)) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

# Over the real screens, where nothing is left to chance.
PLAY += $(OUT)/tests/screen/play

$(OUT)/tests/screen/play: $(OUT)/tests/screen/play.o \
    $(OUT)/tests/screen/world.o $(OUT)/tests/lib/fixed_random.o \
    $(PLAY_OBJECTS) $(ARCHIVES_SCREENS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK_$(MODE)) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

screens: $(PLAY) ## screens in memory: keys in, golden screens out
	$(Q)tests/screens.sh $(OUT)

golden: $(PLAY) ## rewrites the golden screens, then shows what changed
	$(Q)GOLDEN=write tests/screens.sh $(OUT)
	$(Q)git --no-pager diff --stat -- 'tests/*/golden/*'
	$(Q)git --no-pager diff -- 'tests/*/golden/*'

# Readers of foreign bytes, under libFuzzer: needs clang.
FUZZ_DNS     = better_fuzz lint_fuzz merge_fuzz packet_fuzz policy_fuzz replay_fuzz \
               report_fuzz spf_fuzz wire_fuzz
FUZZ_SMIME   = mime_fuzz pem_fuzz pkcs12_fuzz sender_fuzz
FUZZ_MODEL   = csv_fuzz key_line_fuzz
FUZZ         = $(FUZZ_DNS:%=$(OUT)/tests/fuzz/%) \
               $(FUZZ_SMIME:%=$(OUT)/tests/fuzz/%) \
               $(FUZZ_MODEL:%=$(OUT)/tests/fuzz/%)
FUZZ_SECONDS = 3

ARCHIVES_FUZZ = $(OUT)/smime.a $(ARCHIVES_DNS)
$(FUZZ_MODEL:%=$(OUT)/tests/fuzz/%): ARCHIVES_FUZZ = $(ARCHIVES_MODEL)
$(FUZZ_MODEL:%=$(OUT)/tests/fuzz/%): $(ARCHIVES_MODEL)

$(OUT)/tests/fuzz/%_fuzz: $(OUT)/tests/fuzz/%_fuzz.o $(OUT)/smime.a \
    $(ARCHIVES_DNS)
	$(call say,LINK,$@)
	$(Q)$(CC) -fsanitize=address,undefined,fuzzer $(LDFLAGS) -o $@ $< \
	    $(ARCHIVES_FUZZ) $(ALL_LIBS)

fuzz-programs: $(FUZZ)

fuzz: ## each fuzz target for FUZZ_SECONDS, with clang
	$(Q)$(MAKE) --no-print-directory MODE=fuzz CC=clang \
	    CFLAGS=-Wno-string-concatenation fuzz-programs >&2
	$(Q)tests/fuzz/run.sh $(FUZZ_SECONDS) \
	    $(FUZZ:$(OUT)/%=$(BUILD)/fuzz/%)

unit: $(UNIT) ## the unit tests
	$(Q)tests/run_unit.sh $(UNIT)

layers: ## the rule of who may include whom, and that planted breaches fail
	$(Q)tests/layers_test.sh

map: ## writes the code map of README.md from the first lines of the files
	$(Q)tools/code_map.sh --write
	$(Q)git --no-pager diff --stat -- README.md

readme: ## README.md names every file and every package
	$(Q)tests/readme.sh $(PACKAGES_BUILD) $(PACKAGES_DEMO) $(PACKAGES_TEST) \
	    $(PACKAGES_LINT)

packages: ## the packages named here are all that a build needs
	$(Q)printf '%s\n' $(foreach l,$(SOURCE_LISTS),$($(l))) | \
	    tests/packages.sh "$(CC) $(ALL_CFLAGS)" "$(ALL_LIBS)" \
	    $(PACKAGES_BUILD)

sources: # for tests/layers.sh
	@printf '%s\n' $(foreach l,$(SOURCE_LISTS),$($(l)))

LIVE = $(OUT)/tests/dns/live_test $(OUT)/tests/dns/signed_test

$(LIVE): %: %.o $(ODD_HOSTS) $(ARCHIVES_DNS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK_$(MODE)) $(LDFLAGS) -o $@ $^ \
	    $(ALL_LIBS) -lcmocka

dns: $(LIVE) $(OUT)/tests/unit/spf_test ## the checklist against a real Knot DNS, NSD and Unbound
	$(Q)tests/dns/live_test.sh $^

.PHONY: stack
stack: $(OUT)/postern $(OUT)/tests/ssh/play ## stories against real Postfix, Dovecot, OpenDKIM, nginx
	$(Q)tests/stack/run.sh $(OUT)/postern

stories: $(OUT)/postern ## the command line over the stock OpenSSH client
	$(Q)SESSION_PORT=16000 tests/ssh/run.sh $(OUT)/postern tests/ssh/*.session

ssh: $(OUT)/postern $(OUT)/tests/ssh/play ## the screens over the stock client, in a terminal
	$(Q)SESSION_PORT=16400 tests/ssh/run.sh $(OUT)/postern tests/ssh/*.keys

clients: $(OUT)/postern ## keys and clients of every maker; who signs is who signs in
	$(Q)SESSION_PORT=16800 tests/ssh/run.sh $(OUT)/postern tests/clients/*.session

faults: $(OUT)/postern $(OUT)/tests/ssh/stand_in ## killed, full, locked, flooded, silent
	$(Q)SESSION_PORT=17200 tests/ssh/run.sh $(OUT)/postern tests/faults/*.session

# Every kind ends with "N passed, N failed"; tests/run.sh adds them up.  Those
# that take longest come first.
KINDS = \
    stories \
    stack \
    ssh \
    fuzz \
    unit \
    clients \
    faults \
    screens \
    dns \
    readme \
    layers \
    packages \

check: all unit-programs ## all tests, without installing anything
	$(Q)MAKE=$(MAKE) tests/run.sh $(KINDS)

test: deps ## installs what is missing, builds, runs all tests
	$(Q)$(MAKE) --no-print-directory -j$(shell nproc) all unit-programs
	$(Q)$(MAKE) --no-print-directory check

unit-programs: $(UNIT) $(PLAY) $(LIVE) $(OUT)/tests/ssh/play \
    $(OUT)/tests/ssh/stand_in

# What the comparison of the checklist runs beside the program.
BENCH_CHECKLIST = $(OUT)/tests/bench/checklist

$(BENCH_CHECKLIST): $(BENCH_CHECKLIST).o $(ARCHIVES_DNS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK_$(MODE)) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

# And what asks the milter, or signs by itself.
BENCH_SMIME = $(OUT)/tests/bench/smime

$(BENCH_SMIME): $(BENCH_SMIME).o $(ARCHIVES_SMIME)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK_$(MODE)) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

# And what reads pages of a list.
BENCH_LIST = $(OUT)/tests/bench/list

$(BENCH_LIST): $(BENCH_LIST).o $(ARCHIVES_MODEL)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK_$(MODE)) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

bench-programs: $(BENCH_CHECKLIST) $(BENCH_SMIME) $(BENCH_LIST)

bench: ## speed and memory side by side with the peers, as ratios
	$(Q)tests/deps.sh $(PACKAGES_BUILD) $(PACKAGES_TEST) $(PACKAGES_BENCH)
	$(Q)$(MAKE) --no-print-directory MODE=release all \
	    bench-programs
	$(Q)tests/bench/run.sh $(BUILD)/release/postern $(BENCH)

coverage: ## which lines the tests run, by folder; COVER="unit screens" names kinds
	$(Q)$(MAKE) --no-print-directory MODE=coverage CC=gcc all unit-programs
	$(Q)find $(BUILD)/coverage -name '*.gcda' -delete
	$(Q)for kind in $(COVER); do \
	    $(MAKE) --no-print-directory MODE=coverage CC=gcc $$kind || exit 1; \
	done
	$(Q)tests/coverage.sh $(BUILD)/coverage

asan: ## all tests with the address and undefined behaviour sanitizers
	$(Q)$(MAKE) --no-print-directory MODE=asan check

valgrind: $(UNIT) ## the unit tests under valgrind
	$(Q)tests/deps.sh valgrind
	$(Q)tests/run_unit.sh -w "valgrind -q --error-exitcode=9 \
	    --leak-check=full --errors-for-leak-kinds=definite" $(UNIT)

lint: ## formatter, clang-tidy, clang build, shellcheck, mandoc
	$(Q)tests/deps.sh $(PACKAGES_BUILD) $(PACKAGES_TEST) $(PACKAGES_LINT)
	$(Q)tests/lint.sh $(OUT) -- $(ALL_CFLAGS)

format: ## puts the C sources into their form
	$(Q)clang-format -i $$(git ls-files '*.[ch]')

# ---- machine ----

PACKAGES_BUILD = gcc make pkg-config libc6-dev libssh-dev libseccomp-dev \
                 libncurses-dev \
                 libsqlite3-dev libldns-dev libssl-dev libidn2-dev libmilter-dev \
                 libunistring-dev libjansson-dev libopendkim-dev libcurl4-openssl-dev \
                 libarchive-dev libxml2-dev libcrypt-dev \
                 libcrack2-dev cracklib-runtime ca-certificates openssh-client
PACKAGES_DEMO  = knot knot-dnsutils unbound
# Postfix asks at its installation unless it is told to have no system.
PACKAGES_STACK = postfix postfix-sqlite dovecot-core dovecot-imapd \
                 dovecot-lmtpd dovecot-sqlite opendkim nginx-light \
                 openssl gpgsm gpg-agent python3 python3-dkim
PACKAGES_TEST  = $(PACKAGES_STACK) libcmocka-dev libvterm-dev bind9-utils nsd jq $(PACKAGES_DEMO) \
                 procps putty-tools dropbear-bin python3-paramiko fail2ban \
                 python3-spf python3-yaml
PACKAGES_BENCH = dnsperf openssh-server # the peers of the sweep and of SSH
PACKAGES_LINT  = clang clang-format clang-tidy shellcheck mandoc
PACKAGES_TEST += clang libclang-rt-14-dev # the fuzz targets

PORT = 2222
COVER = unit screens

run: ## installs what is missing, builds, serves on PORT and connects you
	$(Q)tests/deps.sh $(PACKAGES_BUILD)
	$(Q)$(MAKE) --no-print-directory -j$(shell nproc) all
	$(Q)demo/run.sh $(OUT)/postern var $(PORT)

demo: ## the same with an example reseller, Knot DNS and Unbound
	$(Q)tests/deps.sh $(PACKAGES_BUILD) $(PACKAGES_DEMO)
	$(Q)$(MAKE) --no-print-directory -j$(shell nproc) all
	$(Q)demo/run.sh $(OUT)/postern var $(PORT) demo

deps: ## installs the Debian packages that are missing
	$(Q)tests/deps.sh $(PACKAGES_BUILD) $(PACKAGES_TEST)

install: all ## into DESTDIR and PREFIX (/usr/local)
	install -D -m 755 $(OUT)/postern $(DESTDIR)$(PREFIX)/sbin/postern
	for page in doc/*.[1-8]; do \
	    install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/} || \
	        exit 1; \
	done

PACKAGES_DEB = build-essential debhelper lintian
comma := ,
empty :=

deb: ## the Debian package, into build/deb
	$(Q)tests/deps.sh $(PACKAGES_BUILD) $(PACKAGES_DEB)
	$(Q)dist/deb.sh $(BUILD)/deb "$(subst $(empty) ,$(comma) ,$(strip \
	    $(filter-out gcc make libc6-dev,$(PACKAGES_BUILD))))"

clean: ## removes build/
	rm -rf $(BUILD)

help: ## this list
	@sed -n 's/^\([a-z][a-z_]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | \
	    expand -t 20

.PHONY: all coverage run packages demo stories ssh clients faults bench deps test check unit screens golden map readme dns unit-programs layers sources asan valgrind \
        lint format install clean help
.DELETE_ON_ERROR:
.PRECIOUS: $(OUT)/%.o

-include $(OBJECTS:.o=.d) $(FUZZ:=.d) $(UNIT:=.d) $(LIVE:=.d) $(PLAY_OBJECTS:.o=.d) \
    $(PLAY:=.d) $(OUT)/tests/tui/example.d $(OUT)/tests/screen/world.d \
    $(OUT)/tests/lib/fixed_random.d $(OUT)/tests/lib/house.d \
    $(OUT)/tests/lib/certificates.d $(OUT)/tests/lib/line_server.d
