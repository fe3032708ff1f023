"""Forums, posts and what moderators need, calls for views, requests for a call; who may do what with them."""

import django.db.models.deletion
import django.utils.timezone
import mscos.codes
import mscos.fields
import mscos.encryption
import simple_history.models
import taggit.managers
from django.conf import settings
from django.db import migrations, models

from mscos.migrations._rights import CALL_HANDLERS, EDITORS, MODERATORS, editing, grant

MODERATING = [
    ("post", "view_post"),
    ("post", "change_post"),
    ("thread", "view_thread"),
    ("thread", "change_thread"),
    ("forum", "view_forum"),
    ("forum", "change_forum"),
]
ASKING = editing("consultation", "topic")
HANDLING = [(model, f"view_{model}") for model in ("callrequest", "contactdisclosure", "erasedrequests")]
CHANGING_STEPS = [("safeguardingprocedure", "view_urgentsteps"), ("safeguardingprocedure", "change_urgentsteps")]

# The first text of the team's steps for the urgent, and its HTML.
FIRST_STEPS = """\
1. Is somebody in danger at this moment, and do you know where? Call **999**.
2. Tell the person who leads on safeguarding, by phone. Do not write details into a mail.
3. If you can reach the person who wrote, talk to them first. Say what you would do, and why.
4. Note on the page what you did, without details that point to anyone.

The team has not yet put its own steps here. Change this text before the site opens."""
FIRST_STEPS_HTML = """\
<ol>
<li>Is somebody in danger at this moment, and do you know where? Call <strong>999</strong>.</li>
<li>Tell the person who leads on safeguarding, by phone. Do not write details into a mail.</li>
<li>If you can reach the person who wrote, talk to them first. Say what you would do, and why.</li>
<li>Note on the page what you did, without details that point to anyone.</li>
</ol>
<p>The team has not yet put its own steps here. Change this text before the site opens.</p>
"""


def write_first_steps(apps, schema_editor):
    """Write the first text of the team's steps."""
    steps = apps.get_model("forums", "SafeguardingProcedure").objects.using(schema_editor.connection.alias)
    steps.create(pk=1, body=FIRST_STEPS, body_html=FIRST_STEPS_HTML)



class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('mscos', '0001_initial'),
        ('outcomes', '0001_initial'),
        ('taggit', '0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx'),
    ]

    operations = [
        migrations.CreateModel(
            name='ContactDisclosure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('request_code', models.CharField(db_index=True, max_length=12, verbose_name='request')),
                ('viewer', models.CharField(max_length=80, verbose_name='opened by')),
                ('day', models.DateField(default=django.utils.timezone.localdate)),
            ],
            options={
                'verbose_name': 'opening of contact details',
                'verbose_name_plural': 'openings of contact details',
                'ordering': ['-day', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ErasedRequests',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(unique=True)),
                ('count', models.PositiveIntegerField(default=0)),
                ('called', models.PositiveIntegerField(default=0, help_text='Of these, how many had a call.')),
            ],
            options={
                'verbose_name': 'month of erased requests',
                'verbose_name_plural': 'erased requests, by month',
                'ordering': ['-month'],
            },
        ),
        migrations.CreateModel(
            name='CallRequest',
            fields=[
                ('code', models.CharField(default=mscos.codes.public_code, editable=False, max_length=12, primary_key=True, serialize=False, verbose_name='word that the team knows it by')),
                ('code_digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('form_digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('state', models.CharField(choices=[('new', 'Waiting for the team'), ('offered', 'Times offered'), ('agreed', 'A time is agreed'), ('done', 'Done')], default='new', max_length=8)),
                ('urgent', models.BooleanField(default=False, verbose_name='someone may be in danger')),
                ('how', models.CharField(choices=[('code', 'I will come back with my code, and you leave me times'), ('contact', 'You contact me')], max_length=8, verbose_name='how it works')),
                ('way', models.CharField(blank=True, choices=[('phone', 'Phone call'), ('text', 'Text message'), ('email', 'Email')], max_length=8, verbose_name='way')),
                ('contact', mscos.fields.EncryptedTextField(blank=True, default=mscos.encryption.EncryptedText, editable=False, verbose_name='number or address')),
                ('zone', models.CharField(max_length=40, verbose_name='time zone')),
                ('times', mscos.fields.EncryptedTextField(blank=True, default=mscos.encryption.EncryptedText, editable=False, verbose_name='safe days and times')),
                ('leave_message', models.BooleanField(default=False, verbose_name='may leave a message')),
                ('say_instead', mscos.fields.EncryptedTextField(blank=True, default=mscos.encryption.EncryptedText, editable=False, verbose_name='what to say to anybody else')),
                ('ask_for', mscos.fields.EncryptedTextField(blank=True, default=mscos.encryption.EncryptedText, editable=False, verbose_name='name to ask for')),
                ('agreed_word', mscos.fields.EncryptedTextField(blank=True, default=mscos.encryption.EncryptedText, editable=False, verbose_name='word that the caller says first')),
                ('topic', mscos.fields.EncryptedTextField(blank=True, default=mscos.encryption.EncryptedText, editable=False, verbose_name='what to talk about')),
                ('reach', mscos.fields.EncryptedTextField(blank=True, default=mscos.encryption.EncryptedText, editable=False, verbose_name='how to reach the team')),
                ('interpreter', mscos.fields.EncryptedTextField(blank=True, default=mscos.encryption.EncryptedText, editable=False, verbose_name='interpreter for')),
                ('asked_on', models.DateField(default=django.utils.timezone.localdate, editable=False)),
                ('done_on', models.DateField(editable=False, null=True)),
                ('contact_erased_on', models.DateField(editable=False, null=True, verbose_name='number or address erased on')),
                ('handler', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who handles it')),
            ],
            options={
                'ordering': ['asked_on', 'code'],
            },
        ),
        migrations.CreateModel(
            name='CallMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_team', models.BooleanField(editable=False)),
                ('body', mscos.fields.EncryptedTextField(blank=True, default=mscos.encryption.EncryptedText, editable=False)),
                ('read', models.BooleanField(default=False, editable=False)),
                ('day', models.DateField(default=django.utils.timezone.localdate, editable=False)),
                ('form_digest', models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ('call_request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='forums.callrequest')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Forum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(help_text="The word in its address. For an outcome, the outcome's short name.", unique=True)),
                ('title', models.CharField(help_text='For example: Housing forum.', max_length=80)),
                ('purpose', models.CharField(help_text='One sentence, shown under the title.', max_length=200)),
                ('rules', models.TextField(blank=True, help_text='House rules of this forum, beyond those of the whole site.')),
                ('rules_html', mscos.fields.RenderedMarkdownField(blank=True, default='', editable=False, source='rules')),
                ('state', models.CharField(choices=[('open', 'Open'), ('paused', 'Paused'), ('closed', 'Closed')], default='open', max_length=10)),
                ('paused_until', models.DateField(blank=True, help_text='The day on which new posts are taken again.', null=True)),
                ('pause_message', models.CharField(blank=True, help_text='A sentence for readers while it is paused, such as: The team is away. Leave it empty for none.', max_length=200)),
                ('question', models.CharField(blank=True, help_text='While this is set, whoever writes here is asked it. For example: Which day comes after Monday?', max_length=200, verbose_name='question during a flood')),
                ('answers', models.CharField(blank=True, help_text='All answers that are right, with commas between them: tuesday, tue.', max_length=200)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('outcome', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='forum', to='outcomes.outcome')),
            ],
            options={
                'ordering': ['position', 'title'],
            },
        ),
        migrations.AddField(
            model_name='callrequest',
            name='forum',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='forums.forum'),
        ),
        migrations.CreateModel(
            name='Consultation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=mscos.codes.public_code, editable=False, max_length=12, unique=True)),
                ('question', models.CharField(max_length=200)),
                ('why', models.TextField(help_text='Why we ask, and what will be done with the answers.')),
                ('why_html', mscos.fields.RenderedMarkdownField(blank=True, default='', editable=False, source='why')),
                ('opens', models.DateField(default=django.utils.timezone.localdate)),
                ('closes', models.DateField(blank=True, help_text='The last day on which views are taken.', null=True)),
                ('what_we_heard', models.TextField(blank=True, help_text='Shown after the closing day.')),
                ('what_we_heard_html', mscos.fields.RenderedMarkdownField(blank=True, default='', editable=False, source='what_we_heard')),
                ('forum', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consultations', to='forums.forum')),
            ],
            options={
                'verbose_name': 'call for views',
                'verbose_name_plural': 'calls for views',
                'ordering': ['-opens', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalSafeguardingProcedure',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('body', models.TextField(help_text='Whom to call, in which order, and who decides.', verbose_name='steps')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical steps when someone may be in danger',
                'verbose_name_plural': 'historical steps when someone may be in danger',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(editable=False, null=True)),
                ('body', models.TextField(blank=True)),
                ('body_html', mscos.fields.RenderedMarkdownField(blank=True, default='', editable=False, source=None)),
                ('content_note', models.CharField(blank=True, max_length=100)),
                ('state', models.CharField(choices=[('waiting', 'Waiting to be checked'), ('published', 'Published'), ('changed', 'Published with a change'), ('refused', 'Not published'), ('withdrawn', 'Taken down by the writer'), ('removed', 'Taken down by a moderator')], default='waiting', max_length=10)),
                ('day', models.DateField(default=django.utils.timezone.localdate, editable=False)),
                ('reason', models.CharField(blank=True, choices=[('person', 'names a person'), ('place', 'names a place'), ('details', 'has details that could point to someone'), ('unkind', 'is unkind to a person or a group'), ('off_topic', "is not about this forum's subject"), ('spam', 'advertises something'), ('other', 'does not fit the house rules')], max_length=10)),
                ('form_digest', models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ('likely_spam', models.BooleanField(default=False, editable=False, verbose_name='may be advertising or a repeat')),
                ('may_identify', models.BooleanField(default=False, editable=False, verbose_name='may point to someone')),
                ('urgent', models.BooleanField(default=False, editable=False, verbose_name='someone may be in danger')),
                ('decided_on', models.DateField(editable=False, null=True)),
                ('assigned_to', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('author', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('in_reply_to', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='replies', to='forums.post')),
                ('replaces', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='replaced_by', to='forums.post')),
            ],
            options={
                'ordering': ['day', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(help_text='One or two letters, for its address: they say nothing by themselves.', max_length=8)),
                ('title', models.CharField(max_length=100)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='topics', to='forums.consultation')),
            ],
            options={
                'verbose_name': 'prompt',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('danger', 'could put someone in danger'), ('points', 'could point to someone'), ('unkind', 'is unkind or untrue about someone'), ('spam', 'advertises something'), ('other', 'breaks the house rules in another way')], max_length=8)),
                ('words', models.TextField(blank=True)),
                ('day', models.DateField(default=django.utils.timezone.localdate, editable=False)),
                ('form_digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('handled_on', models.DateField(editable=False, null=True)),
                ('handled_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='forums.post')),
            ],
            options={
                'ordering': ['day', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='TaggedThread',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tag', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s_items', to='taggit.tag')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Thread',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=mscos.codes.public_code, editable=False, max_length=12, unique=True)),
                ('title', models.CharField(blank=True, help_text="Empty once the first post's words are destroyed.", max_length=120)),
                ('pinned', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('waiting', 'Waiting to be checked'), ('open', 'Open'), ('closed', 'Closed'), ('gone', 'Taken down')], default='waiting', max_length=10)),
                ('reply_count', models.PositiveIntegerField(default=0, editable=False)),
                ('opened_on', models.DateField(editable=False, null=True)),
                ('last_on', models.DateField(editable=False, null=True)),
                ('forum', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='threads', to='forums.forum')),
                ('merged_into', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='merged', to='forums.thread')),
                ('topic', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='threads', to='forums.topic', verbose_name='prompt')),
                ('tags', taggit.managers.TaggableManager(blank=True, help_text='Words, with commas between them.', through='forums.TaggedThread', to='taggit.Tag', verbose_name='Tags')),
            ],
            options={
                'ordering': ['-pinned', '-last_on', 'code'],
            },
        ),
        migrations.AddField(
            model_name='taggedthread',
            name='content_object',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='forums.thread'),
        ),
        migrations.AddField(
            model_name='post',
            name='thread',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='posts', to='forums.thread'),
        ),
        migrations.CreateModel(
            name='MovedPost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='forums.post')),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moved', to='forums.thread')),
            ],
        ),
        migrations.CreateModel(
            name='SafeguardingProcedure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('body', models.TextField(help_text='Whom to call, in which order, and who decides.', verbose_name='steps')),
                ('body_html', mscos.fields.RenderedMarkdownField(blank=True, default='', editable=False, source='body')),
            ],
            options={
                'verbose_name': 'steps when someone may be in danger',
                'verbose_name_plural': 'steps when someone may be in danger',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='safeguarding_procedure_one_text')],
            },
        ),
        migrations.CreateModel(
            name='Voice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code_digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('name', models.CharField(editable=False, max_length=40)),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='voices', to='forums.thread')),
            ],
        ),
        migrations.AddField(
            model_name='post',
            name='voice',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='posts', to='forums.voice'),
        ),
        migrations.CreateModel(
            name='ModeratorNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_writer', models.BooleanField(default=False, editable=False)),
                ('unread', models.BooleanField(default=False, editable=False, verbose_name='waits for a moderator to read it')),
                ('body', models.TextField()),
                ('day', models.DateField(default=django.utils.timezone.localdate, editable=False)),
                ('form_digest', models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ('post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='forums.post')),
                ('voice', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='forums.voice')),
            ],
            options={
                'ordering': ['day', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='CallOffer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts', models.DateTimeField()),
                ('accepted', models.BooleanField(default=False)),
                ('call_request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='forums.callrequest')),
            ],
            options={
                'ordering': ['starts'],
                'constraints': [models.UniqueConstraint(fields=('call_request', 'starts'), name='call_offer_once_at_a_time'), models.UniqueConstraint(condition=models.Q(('accepted', True)), fields=('call_request',), name='call_offer_one_accepted')],
            },
        ),
        migrations.AddConstraint(
            model_name='forum',
            constraint=models.CheckConstraint(condition=models.Q(('paused_until', None), ('state', 'paused'), _connector='OR'), name='forum_has_a_day_of_return_only_while_paused', violation_error_message='Give a day only for a paused forum.'),
        ),
        migrations.AddConstraint(
            model_name='forum',
            constraint=models.CheckConstraint(condition=models.Q(('pause_message', ''), ('state', 'paused'), _connector='OR'), name='forum_has_a_message_only_while_paused', violation_error_message='Give a message only for a paused forum.'),
        ),
        migrations.AddConstraint(
            model_name='forum',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answers', ''), ('question', '')), models.Q(models.Q(('question', ''), _negated=True), models.Q(('answers', ''), _negated=True)), _connector='OR'), name='forum_has_a_question_and_its_answers_or_neither', violation_error_message='Give a question and its answers, or neither.'),
        ),
        migrations.AddIndex(
            model_name='callrequest',
            index=models.Index(fields=['state', 'asked_on'], name='call_request_queue'),
        ),
        migrations.AddConstraint(
            model_name='callrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('contact', ''), ('how', 'code'), ('way', '')), models.Q(('how', 'contact'), models.Q(('way', ''), _negated=True)), _connector='OR'), name='call_request_contact_only_where_asked_for'),
        ),
        migrations.AddConstraint(
            model_name='callrequest',
            constraint=models.CheckConstraint(condition=models.Q(('contact_erased_on', None), models.Q(('agreed_word', ''), ('ask_for', ''), ('contact', ''), ('say_instead', ''), ('times', '')), _connector='OR'), name='call_request_contact_erased_is_gone'),
        ),
        migrations.AddConstraint(
            model_name='callrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_on__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('done_on', None)), _connector='OR'), name='call_request_done_on_a_day'),
        ),
        migrations.AddConstraint(
            model_name='consultation',
            constraint=models.CheckConstraint(condition=models.Q(('closes', None), ('closes__gte', models.F('opens')), _connector='OR'), name='consultation_closes_on_or_after_its_opening', violation_error_message='The closing day must not come before the opening day.'),
        ),
        migrations.AddConstraint(
            model_name='topic',
            constraint=models.UniqueConstraint(fields=('consultation', 'code'), name='topic_code_once_in_a_consultation'),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(condition=models.Q(('handled_on', None)), fields=['post'], name='report_open'),
        ),
        migrations.AddIndex(
            model_name='thread',
            index=models.Index(fields=['forum', '-pinned', '-last_on', 'code', 'state', 'topic', 'reply_count', 'id'], name='thread_list'),
        ),
        migrations.AddIndex(
            model_name='thread',
            index=models.Index(fields=['forum', '-pinned', '-opened_on', 'code', 'state', 'topic', 'reply_count', 'id'], name='thread_list_by_opening'),
        ),
        migrations.AddIndex(
            model_name='thread',
            index=models.Index(fields=['-last_on', 'code', 'state', 'topic', 'id'], name='thread_latest'),
        ),
        migrations.AddIndex(
            model_name='thread',
            index=models.Index(fields=['state', '-pinned', '-last_on', 'code', 'id'], name='thread_in_state'),
        ),
        migrations.AddConstraint(
            model_name='thread',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'gone'), _negated=True), ('title', ''), _connector='OR'), name='thread_gone_has_no_title'),
        ),
        migrations.AddConstraint(
            model_name='thread',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', None), ('state', 'gone'), _connector='OR'), name='thread_merged_is_gone'),
        ),
        migrations.AddConstraint(
            model_name='movedpost',
            constraint=models.UniqueConstraint(fields=('thread', 'number'), name='moved_post_number_once_in_a_thread'),
        ),
        migrations.AddConstraint(
            model_name='movedpost',
            constraint=models.CheckConstraint(condition=models.Q(('number__gt', 0)), name='moved_post_had_a_number'),
        ),
        migrations.AddConstraint(
            model_name='voice',
            constraint=models.UniqueConstraint(fields=('thread', 'name'), name='voice_name_once_in_a_thread'),
        ),
        migrations.AddIndex(
            model_name='post',
            index=models.Index(fields=['state', 'likely_spam', '-urgent', 'day', 'id'], name='post_queue'),
        ),
        migrations.AddIndex(
            model_name='post',
            index=models.Index(fields=['author', 'id'], name='post_own'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.UniqueConstraint(fields=('thread', 'number'), name='post_number_once_in_a_thread'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('author__isnull', False), ('voice', None)), models.Q(('author', None), ('voice__isnull', False)), models.Q(('author', None), ('state__in', ['withdrawn', 'removed']), ('voice', None)), _connector='OR'), name='post_has_a_voice_or_an_author_never_both'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('number__isnull', False), ('state__in', ['published', 'changed', 'removed'])), models.Q(('number', None), ('state__in', ['waiting', 'refused'])), ('state', 'withdrawn'), _connector='OR'), name='post_has_a_number_once_published'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['withdrawn', 'removed']), _negated=True), models.Q(('body', ''), ('body_html', ''), ('content_note', '')), _connector='OR'), name='post_taken_down_keeps_no_words'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['published', 'changed']), _negated=True), models.Q(models.Q(('body', ''), _negated=True), models.Q(('body_html', ''), _negated=True)), _connector='OR'), name='post_shown_has_words'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.CheckConstraint(condition=models.Q(('likely_spam', False), ('state', 'waiting'), _connector='OR'), name='post_likely_spam_only_while_it_waits'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['refused', 'removed']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='post_refused_or_removed_for_a_reason'),
        ),
        migrations.AddIndex(
            model_name='moderatornote',
            index=models.Index(condition=models.Q(('unread', True)), fields=['post'], name='note_unread'),
        ),
        migrations.AddConstraint(
            model_name='moderatornote',
            constraint=models.CheckConstraint(condition=models.Q(('unread', False), ('by_writer', True), _connector='OR'), name='note_unread_is_a_writers'),
        ),
        migrations.AddConstraint(
            model_name='moderatornote',
            constraint=models.CheckConstraint(condition=models.Q(('voice__isnull', False), ('post__isnull', False), _connector='OR'), name='note_has_a_reader'),
        ),
        migrations.RunPython(write_first_steps, migrations.RunPython.noop),
        grant(MODERATORS, "forums", MODERATING + ASKING + CHANGING_STEPS),
        grant(EDITORS, "forums", editing("forum") + ASKING),
        grant(CALL_HANDLERS, "forums", HANDLING + CHANGING_STEPS),
    ]
