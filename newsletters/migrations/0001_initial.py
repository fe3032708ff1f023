"""Issues and their sections, subscribers, enquiries and deliveries, for editors."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import mscos.fields
import newsletters.models.people
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from mscos.migrations._rights import EDITORS, editing, grant

RIGHTS = [
    *editing("issue", "section"),
    ("subscriber", "view_subscriber"),
    ("subscriber", "add_subscriber"),
    ("subscriber", "delete_subscriber"),
    ("suppressedaddress", "view_suppressedaddress"),
    ("suppressedaddress", "delete_suppressedaddress"),
    ("enquiry", "view_enquiry"),
    ("enquiry", "change_enquiry"),
    ("enquiry", "delete_enquiry"),
    ("mailing", "view_mailing"),
    ("mailing", "change_mailing"),
    ("delivery", "view_delivery"),
]



class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('events', '0001_initial'),
        ('forums', '0001_initial'),
        ('mscos', '0001_initial'),
        ('outcomes', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='CheckedLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.CharField(max_length=2000, unique=True)),
                ('state', models.CharField(choices=[('not checked', 'Not checked'), ('working', 'Working'), ('gone', 'Gone'), ('no answer', 'No answer')], default='not checked', max_length=12)),
                ('checked_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='SuppressedAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('asked_on', models.DateField(default=django.utils.timezone.localdate)),
            ],
            options={
                'verbose_name': 'address never to write to',
                'verbose_name_plural': 'addresses never to write to',
            },
        ),
        migrations.CreateModel(
            name='Enquiry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(blank=True, help_text='Empty: no answer is asked for.', max_length=254, verbose_name='email address')),
                ('name', models.CharField(blank=True, max_length=80)),
                ('organisation', models.CharField(blank=True, max_length=120)),
                ('message', models.TextField()),
                ('state', models.CharField(choices=[('new', 'New'), ('in hand', 'In hand'), ('done', 'Done')], default='new', max_length=8)),
                ('received_on', models.DateField(default=django.utils.timezone.localdate)),
                ('form_digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who answers')),
            ],
            options={
                'verbose_name_plural': 'enquiries',
                'ordering': ['received_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalIssue',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(db_index=True, help_text='Numbers follow each other, whatever the date.')),
                ('slug', models.SlugField(help_text='The word in its address, such as week-5.')),
                ('title', models.CharField(help_text="The heading: 'Week 5: secure and suitable housing'.", max_length=120, validators=[django.core.validators.RegexValidator('[\\x00-\\x1f\\x7f\\u2028\\u2029]', 'Write this on one line.', inverse_match=True)])),
                ('subject', models.CharField(help_text="For readers who chose it: 'Week 5: housing'.", max_length=90, validators=[django.core.validators.RegexValidator('[\\x00-\\x1f\\x7f\\u2028\\u2029]', 'Write this on one line.', inverse_match=True)], verbose_name='full subject line')),
                ('plain_subject', models.CharField(help_text="For everybody else: 'Week 5'. It stands on lock screens.", max_length=60, validators=[django.core.validators.RegexValidator('[\\x00-\\x1f\\x7f\\u2028\\u2029]', 'Write this on one line.', inverse_match=True)])),
                ('preheader', models.CharField(blank=True, help_text='The line that mail programs show after the subject. It stands on lock screens too.', max_length=85, validators=[django.core.validators.RegexValidator('[\\x00-\\x1f\\x7f\\u2028\\u2029]', 'Write this on one line.', inverse_match=True)])),
                ('credits', models.CharField(blank=True, help_text='Who designs and directs the content.', max_length=300)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('scheduled', 'Scheduled'), ('sending', 'Being sent'), ('sent', 'Published'), ('withdrawn', 'Withdrawn')], default='draft', editable=False, max_length=10)),
                ('publish_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published')),
                ('withdrawn_on', models.DateField(editable=False, null=True)),
                ('recipient_count', models.PositiveIntegerField(editable=False, null=True)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical issue',
                'verbose_name_plural': 'historical issues',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Issue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(help_text='Numbers follow each other, whatever the date.', unique=True)),
                ('slug', models.SlugField(help_text='The word in its address, such as week-5.', unique=True)),
                ('title', models.CharField(help_text="The heading: 'Week 5: secure and suitable housing'.", max_length=120, validators=[django.core.validators.RegexValidator('[\\x00-\\x1f\\x7f\\u2028\\u2029]', 'Write this on one line.', inverse_match=True)])),
                ('subject', models.CharField(help_text="For readers who chose it: 'Week 5: housing'.", max_length=90, validators=[django.core.validators.RegexValidator('[\\x00-\\x1f\\x7f\\u2028\\u2029]', 'Write this on one line.', inverse_match=True)], verbose_name='full subject line')),
                ('plain_subject', models.CharField(help_text="For everybody else: 'Week 5'. It stands on lock screens.", max_length=60, validators=[django.core.validators.RegexValidator('[\\x00-\\x1f\\x7f\\u2028\\u2029]', 'Write this on one line.', inverse_match=True)])),
                ('preheader', models.CharField(blank=True, help_text='The line that mail programs show after the subject. It stands on lock screens too.', max_length=85, validators=[django.core.validators.RegexValidator('[\\x00-\\x1f\\x7f\\u2028\\u2029]', 'Write this on one line.', inverse_match=True)])),
                ('credits', models.CharField(blank=True, help_text='Who designs and directs the content.', max_length=300)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('scheduled', 'Scheduled'), ('sending', 'Being sent'), ('sent', 'Published'), ('withdrawn', 'Withdrawn')], default='draft', editable=False, max_length=10)),
                ('publish_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published')),
                ('withdrawn_on', models.DateField(editable=False, null=True)),
                ('recipient_count', models.PositiveIntegerField(editable=False, null=True)),
                ('preview_token', models.CharField(blank=True, editable=False, max_length=43)),
                ('preview_ends_on', models.DateField(editable=False, null=True)),
            ],
            options={
                'ordering': ['-number'],
                'indexes': [models.Index(fields=['state', '-publish_at'], name='issue_archive')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state', 'draft'), ('publish_at__isnull', False), _connector='OR'), name='issue_past_draft_has_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'withdrawn'), ('withdrawn_on__isnull', False)), models.Q(models.Q(('state', 'withdrawn'), _negated=True), ('withdrawn_on', None)), _connector='OR'), name='issue_withdrawn_on_a_day'), models.CheckConstraint(condition=models.Q(models.Q(('preview_ends_on', None), ('preview_token', '')), models.Q(models.Q(('preview_token', ''), _negated=True), ('preview_ends_on__isnull', False)), _connector='OR'), name='issue_preview_has_an_end')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalSection',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('kind', models.CharField(choices=[('text', 'Text'), ('focus', "This week's focus"), ('feature', "This week's feature"), ('call', 'Call for views'), ('spotlight', 'Spotlight'), ('reference', 'Reference'), ('quotation', 'Quotation'), ('event', 'Event'), ('notice', 'Notice')], max_length=10)),
                ('position', models.PositiveSmallIntegerField(default=0, help_text='Lower numbers come first.')),
                ('heading', models.CharField(blank=True, help_text='Leave it empty to take the name of what the section shows.', max_length=160, validators=[django.core.validators.RegexValidator('[\\x00-\\x1f\\x7f\\u2028\\u2029]', 'Write this on one line.', inverse_match=True)])),
                ('body', models.TextField(blank=True, help_text='Leave them empty to take those of what the section shows.', verbose_name='words')),
                ('content_note', models.CharField(blank=True, help_text='Only if it speaks of harm. What it mentions, in a few words.', max_length=100)),
                ('link_words', models.CharField(blank=True, help_text="Say where it leads: 'Book with the organiser'.", max_length=80, verbose_name='words of the link')),
                ('link_url', models.CharField(blank=True, help_text='https://… or, on this site, /outcomes/housing/. Empty: the page of what the section shows.', max_length=500, validators=[django.core.validators.RegexValidator('^(https?://[^\\s/]|/(?!/)|mailto:[^\\s@]+@)', 'Start it with https:// or, on this site, with /')], verbose_name='address of the link')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('consultation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='forums.consultation', verbose_name='call')),
                ('event', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='events.event')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('outcome', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='outcomes.outcome')),
                ('quotation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='outcomes.quotation')),
                ('reference', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='outcomes.reference')),
                ('resource', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='outcomes.resource')),
                ('issue', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='newsletters.issue')),
            ],
            options={
                'verbose_name': 'historical section',
                'verbose_name_plural': 'historical sections',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Mailing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('running', 'Being sent'), ('paused', 'Paused'), ('stopped', 'Stopped'), ('done', 'Done')], default='running', max_length=7)),
                ('subject', models.CharField(max_length=90)),
                ('plain_subject', models.CharField(max_length=60)),
                ('html', models.TextField()),
                ('text', models.TextField()),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('finished_at', models.DateTimeField(null=True)),
                ('issue', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='mailing', to='newsletters.issue')),
            ],
            options={
                'verbose_name': 'sending',
            },
        ),
        migrations.CreateModel(
            name='Section',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('text', 'Text'), ('focus', "This week's focus"), ('feature', "This week's feature"), ('call', 'Call for views'), ('spotlight', 'Spotlight'), ('reference', 'Reference'), ('quotation', 'Quotation'), ('event', 'Event'), ('notice', 'Notice')], max_length=10)),
                ('position', models.PositiveSmallIntegerField(default=0, help_text='Lower numbers come first.')),
                ('heading', models.CharField(blank=True, help_text='Leave it empty to take the name of what the section shows.', max_length=160, validators=[django.core.validators.RegexValidator('[\\x00-\\x1f\\x7f\\u2028\\u2029]', 'Write this on one line.', inverse_match=True)])),
                ('body', models.TextField(blank=True, help_text='Leave them empty to take those of what the section shows.', verbose_name='words')),
                ('body_html', mscos.fields.RenderedMarkdownField(blank=True, default='', editable=False, source='body')),
                ('content_note', models.CharField(blank=True, help_text='Only if it speaks of harm. What it mentions, in a few words.', max_length=100)),
                ('link_words', models.CharField(blank=True, help_text="Say where it leads: 'Book with the organiser'.", max_length=80, verbose_name='words of the link')),
                ('link_url', models.CharField(blank=True, help_text='https://… or, on this site, /outcomes/housing/. Empty: the page of what the section shows.', max_length=500, validators=[django.core.validators.RegexValidator('^(https?://[^\\s/]|/(?!/)|mailto:[^\\s@]+@)', 'Start it with https:// or, on this site, with /')], verbose_name='address of the link')),
                ('consultation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='forums.consultation', verbose_name='call')),
                ('event', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='events.event')),
                ('issue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sections', to='newsletters.issue')),
                ('outcome', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='outcomes.outcome')),
                ('quotation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='outcomes.quotation')),
                ('reference', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='outcomes.reference')),
                ('resource', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='outcomes.resource')),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Subscriber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='email address')),
                ('name', models.CharField(blank=True, max_length=80)),
                ('organisation', models.CharField(blank=True, max_length=120)),
                ('state', models.CharField(choices=[('pending', 'Waiting to confirm'), ('confirmed', 'Confirmed'), ('bounced', 'Bounced')], default='pending', max_length=10)),
                ('subject_style', models.CharField(choices=[('plain', 'Plain'), ('full', 'Full')], default='plain', max_length=5, verbose_name='subject lines')),
                ('token', models.CharField(default=newsletters.models.people.new_token, editable=False, max_length=22, unique=True)),
                ('signed_up_on', models.DateField(default=django.utils.timezone.localdate)),
                ('consent_on', models.DateField(blank=True, null=True, verbose_name='agreed on')),
                ('consent_wording', models.CharField(blank=True, max_length=300, verbose_name='agreed to')),
                ('consent_source', models.CharField(choices=[('form', 'The form on this site'), ('import', 'An imported list')], default='form', max_length=6, verbose_name='agreed by')),
            ],
            options={
                'ordering': ['email'],
                'indexes': [models.Index(fields=['state', 'id'], name='subscriber_list')],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='subscriber_email_in_any_case_once'), models.CheckConstraint(condition=models.Q(('state', 'pending'), models.Q(('consent_on__isnull', False), models.Q(('consent_wording', ''), _negated=True)), _connector='OR'), name='subscriber_has_agreed')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('sending', 'Being sent'), ('sent', 'Sent'), ('uncertain', 'Uncertain'), ('failed', 'Failed'), ('bounced', 'Bounced'), ('withheld', 'Not sent')], default='queued', max_length=9)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField(null=True)),
                ('code', models.CharField(blank=True, max_length=20, verbose_name='answer of the mail server')),
                ('doubted', models.BooleanField(default=False, verbose_name='may have gone out twice')),
                ('mailing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='newsletters.mailing')),
                ('subscriber', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='deliveries', to='newsletters.subscriber')),
            ],
            options={
                'verbose_name_plural': 'deliveries',
            },
        ),
        migrations.AddConstraint(
            model_name='mailing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', False), ('state__in', ['stopped', 'done'])), models.Q(('finished_at', None), ('state__in', ['running', 'paused'])), _connector='OR'), name='mailing_ends_once'),
        ),
        migrations.AddConstraint(
            model_name='section',
            constraint=models.CheckConstraint(condition=models.Q(('outcome', None), ('kind__in', ['focus', 'spotlight']), _connector='OR'), name='section_of_an_outcome'),
        ),
        migrations.AddConstraint(
            model_name='section',
            constraint=models.CheckConstraint(condition=models.Q(('resource', None), ('kind', 'feature'), _connector='OR'), name='section_of_a_resource'),
        ),
        migrations.AddConstraint(
            model_name='section',
            constraint=models.CheckConstraint(condition=models.Q(('reference', None), ('kind', 'reference'), _connector='OR'), name='section_of_a_reference'),
        ),
        migrations.AddConstraint(
            model_name='section',
            constraint=models.CheckConstraint(condition=models.Q(('quotation', None), ('kind', 'quotation'), _connector='OR'), name='section_of_a_quotation'),
        ),
        migrations.AddConstraint(
            model_name='section',
            constraint=models.CheckConstraint(condition=models.Q(('consultation', None), ('kind', 'call'), _connector='OR'), name='section_of_a_consultation'),
        ),
        migrations.AddConstraint(
            model_name='section',
            constraint=models.CheckConstraint(condition=models.Q(('event', None), ('kind', 'event'), _connector='OR'), name='section_of_an_event'),
        ),
        migrations.AddConstraint(
            model_name='section',
            constraint=models.CheckConstraint(condition=models.Q(('link_words', ''), models.Q(('link_url', ''), _negated=True), models.Q(('kind__in', ['text', 'notice']), _negated=True), _connector='OR'), name='section_link_has_an_address', violation_error_message='Give the address of the link, or take its words out.'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['mailing', 'state', 'due_at'], name='delivery_queue'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('mailing', 'subscriber'), name='delivery_once_a_reader'),
        ),
        grant(EDITORS, "newsletters", RIGHTS),
    ]
