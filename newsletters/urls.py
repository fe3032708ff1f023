"""The URLs of the newsletter and of the contact form."""

from django.urls import path

from newsletters import feeds, views
from newsletters.subscribers import views as subscriber_views

app_name = "newsletters"
urlpatterns = [
    path("newsletter/", views.issue_list, name="issue_list"),
    path("newsletter/feed/", feeds.IssueFeed(), name="issue_feed"),
    path("newsletter/preview/<str:token>/", views.issue_preview, name="issue_preview"),
    path("newsletter/<slug:slug>/", views.issue_detail, name="issue_detail"),
    path("contact/", subscriber_views.contact, name="contact"),
    path("confirm/<str:token>/", subscriber_views.confirm, name="confirm"),
    path("unsubscribe/<str:token>/", subscriber_views.unsubscribe, name="unsubscribe"),
    path("subscription/", subscriber_views.subscription_ask, name="subscription_ask"),
    path("subscription/<str:token>/", subscriber_views.subscription_detail, name="subscription_detail"),
    path("change/<str:token>/", subscriber_views.change_email, name="change_email"),
]
