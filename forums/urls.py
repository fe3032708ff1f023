"""Addresses of the forums. None says what a thread is about; none ever contains a writer's code."""

from django.urls import path

from forums import code_views, named_post_views, posting_views, report_views, views
from forums.call_requests import views as call_views
from forums.feeds import ConsultationFeed, ForumFeed, ThreadFeed

app_name = "forums"
urlpatterns = [
    path("forums/", views.forum_list, name="forum_list"),
    path("forums/<slug:slug>/", views.forum_detail, name="forum_detail"),
    path("forums/<slug:slug>/feed/", ForumFeed(), name="forum_feed"),
    path("forums/<slug:slug>/new/", posting_views.thread_create, name="thread_create"),
    path("forums/<slug:slug>/new/named/", posting_views.thread_create_named, name="thread_create_named"),
    path("forums/<slug:slug>/t/<slug:code>/", views.thread_detail, name="thread_detail"),
    path("forums/<slug:slug>/t/<slug:code>/feed/", ThreadFeed(), name="thread_feed"),
    path("forums/<slug:slug>/t/<slug:code>/reply/", posting_views.reply_create, name="reply_create"),
    path("forums/<slug:slug>/t/<slug:code>/reply/named/", posting_views.reply_create_named, name="reply_create_named"),
    path("forums/<slug:slug>/t/<slug:code>/report/", report_views.report_create, name="report_create"),
    path("views/<slug:code>/", views.consultation_detail, name="consultation_detail"),
    path("views/<slug:code>/feed/", ConsultationFeed(), name="consultation_feed"),
    path("call/", call_views.request_create, name="request_create"),
    path("code/call/", call_views.request_detail, name="request_detail"),
    path("code/", code_views.voice_detail, name="voice_detail"),
    path("code/new-version/", code_views.post_correct, name="post_correct"),
    path("code/answer/", code_views.post_answer, name="post_answer"),
    path("code/take-down/", code_views.post_withdraw, name="post_withdraw"),
    path("my-posts/", named_post_views.own_posts, name="own_posts"),
    path("my-posts/<int:position>/", named_post_views.own_post_detail, name="own_post_detail"),
    path("my-posts/<int:position>/take-down/", named_post_views.own_post_withdraw, name="own_post_withdraw"),
]
