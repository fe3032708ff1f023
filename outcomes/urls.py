"""The URLs of outcomes and resources. Short names are discreet words; codes are random."""

from django.urls import path

from outcomes import views

app_name = "outcomes"
urlpatterns = [
    path("outcomes/", views.outcome_list, name="outcome_list"),
    path("outcomes/<slug:short_name>/", views.outcome_detail, name="outcome_detail"),
    path("resources/", views.resource_list, name="resource_list"),
    path("resources/<slug:code>/", views.resource_detail, name="resource_detail"),
]
